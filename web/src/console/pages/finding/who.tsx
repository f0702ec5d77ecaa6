// Who took part: clients, and what their programs say of themselves.
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { Hostile } from "../../components/hostile";
import { Section, UserAgent } from "../../components/small";
import { useCommon } from "../../i18n";
import { linkTo } from "../../lib/filters";
import type { Finding } from "../../types";
import { fitsLink } from "../logic/finding";
import { clientPath } from "../logic/session_links";
import { useFindingTexts } from "./texts";

const kAtFirst = 10;

interface ValuesProps {
  title: string;
  values: readonly string[] | undefined;
  all?: number | undefined; // how many there were; more may have been than are listed
  href: (value: string) => string;
  kind?: "user-agent" | "mono";
}

function Value({ value, href, kind }: { value: string; href: string | undefined; kind: ValuesProps["kind"] }) {
  const text =
    kind === "user-agent" ? (
      <UserAgent value={value} inline={false} />
    ) : (
      <Hostile text={value} mono={kind === "mono"} most={300} />
    );
  // Cut text has a button in it, which a link must not.
  return href === undefined || value.length > 300 ? text : <Link href={href}>{text}</Link>;
}

function Values({ title, values = [], all, href, kind }: ValuesProps) {
  const t = useFindingTexts();
  const common = useCommon();
  const [isOpen, setOpen] = useState(false);
  if (values.length === 0) return null;
  const shown = isOpen ? values : values.slice(0, kAtFirst);
  return (
    <div>
      <h3>
        {title} <span class="dim">{t.countOf(values.length, all ?? values.length)}</span>
      </h3>
      <ul class="values">
        {shown.map((value) => (
          <li key={value}>
            <Value value={value} href={fitsLink(value) ? href(value) : undefined} kind={kind} />
          </li>
        ))}
      </ul>
      {values.length > kAtFirst && (
        <button type="button" class="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? common.action.showLess : `+ ${values.length - kAtFirst}`}
        </button>
      )}
    </div>
  );
}

export function Who({ finding }: { finding: Finding }) {
  const t = useFindingTexts();
  return (
    <Section title={t.who} id="who">
      <div class="columns">
        <Values title={t.clients} values={finding.clients} all={finding.clients_count} href={clientPath} />
        <Values
          title={t.userAgents}
          values={finding.user_agents}
          all={finding.user_agents_count}
          href={(user_agent) => linkTo("/sessions", { user_agent })}
          kind="user-agent"
        />
        <Values title={t.ja4} values={finding.ja4s} href={(ja4) => linkTo("/sessions", { ja4 })} kind="mono" />
        <Values
          title={t.ciphers}
          values={finding.cipher_lists}
          href={(cipher_suites) => linkTo("/sessions", { cipher_suites })}
          kind="mono"
        />
        <Values
          title={t.also}
          values={finding.destinations}
          href={(destination) => linkTo("/sessions", { destination })}
        />
      </div>
    </Section>
  );
}
