// What to do next: texts to take elsewhere.
import { Link } from "wouter-preact";
import { CopyButton } from "../../components/copy";
import { Hostile } from "../../components/hostile";
import { Section } from "../../components/small";
import { useLanguage } from "../../i18n";
import { localTime } from "../../lib/format";
import { plainOf } from "../../lib/hostile";
import type { Finding, FindingAnswer } from "../../types";
import { useFindingTexts } from "./texts";

interface StepProps {
  title: string;
  copy: string; // what the button copies
  text: string;
  hint?: string;
  isCode?: boolean;
}

function Step(props: StepProps) {
  return (
    <div class="step">
      <div class="row-of step-head">
        <h3>{props.title}</h3>
        <CopyButton text={props.text} label={props.copy} />
      </div>
      <div class={props.isCode ? "step-text mono" : "step-text"} tabIndex={0} role="region" aria-label={props.title}>
        {props.isCode ? <CodeLines text={props.text} /> : <Hostile text={props.text} most={1500} />}
      </div>
      {props.hint && <p class="hint">{props.hint}</p>}
    </div>
  );
}

// Text of several lines, made by the program out of hostile parts: its line ends are its own.
export function CodeLines({ text, most = 200 }: { text: string; most?: number }) {
  const lines = text.trimEnd().split("\n");
  return (
    <>
      {lines.slice(0, most).map((line, index) => (
        <div key={index} class="code-line">
          {line === "" ? "\u00a0" : <Hostile text={line} mono most={500} />}
        </div>
      ))}
      {lines.length > most && <div>…</div>}
    </>
  );
}

// The question in the language of the page; the program writes it in English.
function useQuestion(finding: Finding, application: string | undefined): string {
  const t = useFindingTexts();
  const language = useLanguage();
  const own = finding.next_steps?.ask;
  if (own && language === "en") return own;
  const clients = finding.clients ?? [];
  return t.askLong(
    localTime(finding.first, "minute") ?? "?",
    localTime(finding.last, "minute") ?? "?",
    t.askClients(plainOf(clients[0] ?? "?", 60), Math.max(0, (finding.clients_count ?? clients.length) - 1)),
    plainOf(finding.destination, 300),
    application ? t.askLooks(plainOf(application, 120)) : "",
  );
}

export function Steps({ answer, canEdit }: { answer: FindingAnswer; canEdit: boolean }) {
  const t = useFindingTexts();
  const { finding, row, allow_entry: entry } = answer;
  const question = useQuestion(finding, row.application);
  const search = finding.next_steps?.search;
  return (
    <Section title={t.next} id="next">
      <div class="columns">
        {search && <Step title={t.search} copy={t.searchCopy} text={search} />}
        <Step title={t.ask} copy={t.askCopy} text={question} />
        {entry && <Step title={t.allow} copy={t.allowCopy} text={entry} hint={t.allowHint} isCode />}
        {finding.patterns && finding.patterns.length > 0 && (
          <div>
            <h3>{t.patterns}</h3>
            <ul class="values">
              {finding.patterns.map((id) => (
                <li key={id}>
                  {canEdit ? (
                    <Link href={`/patterns/${encodeURIComponent(id)}`}>
                      <Hostile text={id} inline />
                    </Link>
                  ) : (
                    <Hostile text={id} />
                  )}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Section>
  );
}
