// THE one component for text from the traffic. Text nodes only; what would not be seen, or would turn other text
// around, is written as \u202e, dimmed; isolated, so that right-to-left text stays in its place; long text is cut and
// shown step by step, so that a megabyte neither breaks the layout nor the browser.
import { useState } from "preact/hooks";
import { useCommon } from "../i18n";
import { cutAt, piecesOf, plainOf } from "../lib/hostile";

const kStep = 20_000; // UTF-16 units shown at once after the first cut

interface Props {
  text: string | undefined;
  inline?: boolean; // one line, cut off by the layout with "…", whole (up to a bound) in the title
  mono?: boolean;
  most?: number; // UTF-16 units shown at first
}

function Pieces({ text }: { text: string }) {
  return (
    <>
      {piecesOf(text).map((piece) =>
        piece.isEscape ? <span class="hostile-escape">{piece.text}</span> : piece.text,
      )}
    </>
  );
}

export function Hostile({ text, inline = false, mono = false, most = inline ? 300 : 2000 }: Props) {
  const t = useCommon();
  const [shown, setShown] = useState(most);
  if (text === undefined) return null;
  const cut = cutAt(text, inline ? most : Math.max(most, shown));
  const classes = `hostile${inline ? " hostile-inline" : ""}${mono ? " mono" : ""}`;
  if (inline)
    return (
      <bdi dir="ltr" class={classes} title={plainOf(text)}>
        <Pieces text={cut} />
        {cut.length < text.length && "…"}
      </bdi>
    );
  return (
    <>
      <bdi dir="ltr" class={classes}>
        <Pieces text={cut} />
        {cut.length < text.length && "…"}
      </bdi>
      {cut.length < text.length && (
        <button type="button" class="link" onClick={() => setShown(cut.length + kStep)}>
          {t.action.showMore(cut.length, text.length)}
        </button>
      )}
    </>
  );
}
