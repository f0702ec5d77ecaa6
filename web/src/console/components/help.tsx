// What the keyboard does, and the switch for those to whom single keys are in the way.
import { useCommon } from "../i18n";
import { kShortcutsSetting } from "../lib/keys";
import { useStored } from "../lib/settings";
import { Dialog } from "./dialog";
import { Check } from "./field";

interface Props {
  pages: readonly { id: keyof ReturnType<typeof useCommon>["nav"]; key: string }[];
  onClose: () => void;
}

function Keys({ rows }: { rows: readonly (readonly [keys: readonly string[], text: string])[] }) {
  return (
    <dl class="keys">
      {rows.map(([keys, text]) => (
        <div key={text}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Help({ pages, onClose }: Props) {
  const t = useCommon();
  const [shortcuts, setShortcuts] = useStored(kShortcutsSetting, "on");
  return (
    <Dialog title={t.help.title} onClose={onClose} wide>
      <div class="columns">
        <section>
          <h3>{t.help.everywhere}</h3>
          <Keys
            rows={[
              [["?"], t.help.thisHelp],
              [["/"], t.help.search],
              [["Esc"], t.help.back],
              [["g"], t.help.goto],
              ...pages.map((page) => [["g", page.key], t.nav[page.id]] as const),
            ]}
          />
        </section>
        <section>
          <h3>{t.help.inLists}</h3>
          <Keys
            rows={[
              [["j", "k", "↓", "↑"], t.help.next],
              [["Home", "End"], t.help.first],
              [["Enter", "o"], t.help.open],
              [["x"], t.help.mark],
            ]}
          />
        </section>
      </div>
      <p class="dim">{t.help.off}</p>
      <Check
        label={t.settings.shortcuts}
        value={shortcuts !== "off"}
        onValue={(value) => setShortcuts(value ? "on" : "off")}
      />
    </Dialog>
  );
}
