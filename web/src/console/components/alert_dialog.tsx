// One alert, whole: why it was given, and where to go from there.
import type { ComponentChildren } from "preact";
import { Link } from "wouter-preact";
import { useCommon, useTexts } from "../i18n";
import { en } from "../i18n/pages/alerts.en";
import { ja } from "../i18n/pages/alerts.ja";
import { linkTo } from "../lib/filters";
import { clientOfAlert, clientPath, sessionOfAlert } from "../pages/logic/session_links";
import type { AlertRow } from "../types";
import { CopyButton } from "./copy";
import { Dialog } from "./dialog";
import { Hostile } from "./hostile";
import { JsonText } from "./json_text";
import { Score, Severity, Time, UserAgent } from "./small";

function Fact({ label, when = true, children }: { label: string; when?: boolean; children: ComponentChildren }) {
  if (!when) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

export function AlertDialog({ alert, onClose }: { alert: AlertRow; onClose: () => void }) {
  const t = useTexts(en, ja);
  const common = useCommon();
  const go = (href: string, text: ComponentChildren) => (
    <Link href={href} onClick={onClose}>
      {text}
    </Link>
  );
  const client = clientOfAlert(alert);
  const session = sessionOfAlert(alert);
  const pattern = alert.pattern_id;
  const finding = alert.finding_id;
  return (
    <Dialog
      title={t.one}
      onClose={onClose}
      wide
      buttons={<CopyButton text={JSON.stringify(alert)} label={t.copyLine} />}
    >
      <p class="row-of">
        <Severity value={alert.severity} /> <Score value={alert.score} />{" "}
        <Time value={alert.time} precision="second" />
      </p>
      {alert.sentences && alert.sentences.length > 0 && (
        <>
          <h3>{t.why}</h3>
          <ul>
            {alert.sentences.map((sentence, i) => (
              <li key={i}>
                <Hostile text={sentence} />
              </li>
            ))}
          </ul>
        </>
      )}
      <dl class="facts">
        <Fact label={t.pattern} when={pattern !== undefined}>
          {go(`/patterns/${encodeURIComponent(pattern ?? "")}`, <Hostile text={alert.pattern_name ?? pattern} />)}{" "}
          <span class="dim">·</span> {go(linkTo("/alerts", { pattern_id: pattern }), t.allOfPattern)}
        </Fact>
        <Fact label={t.finding} when={finding !== undefined}>
          {go(`/findings/${encodeURIComponent(finding ?? "")}`, <Hostile text={finding} mono />)}{" "}
          <span class="dim">·</span> {go(linkTo("/alerts", { finding_id: finding }), t.allOfFinding)}
        </Fact>
        <Fact label={common.column.application} when={alert.application !== undefined}>
          <Hostile text={alert.application} />
        </Fact>
        <Fact label={common.column.destination} when={alert.destination !== undefined}>
          {go(linkTo("/sessions", { destination: alert.destination }), <Hostile text={alert.destination} most={300} />)}
        </Fact>
        <Fact label={t.client} when={client !== undefined}>
          {go(clientPath(client ?? ""), <Hostile text={client} />)}
        </Fact>
        <Fact label={t.clients} when={alert.clients !== undefined && alert.clients.length > 0}>
          <ul class="plain-list">
            {alert.clients?.map((one) => (
              <li key={one}>{go(clientPath(one), <Hostile text={one} />)}</li>
            ))}
          </ul>
        </Fact>
        <Fact label={common.column.userAgent} when={alert.user_agent !== undefined}>
          <UserAgent value={alert.user_agent} inline={false} />
        </Fact>
        <Fact label={t.session} when={session !== undefined}>
          {go(session ?? "", t.showSession)}
        </Fact>
        <Fact label={t.communityId} when={alert.community_id !== undefined}>
          {session ? (
            go(session, <Hostile text={alert.community_id} mono />)
          ) : (
            <Hostile text={alert.community_id} mono />
          )}
        </Fact>
      </dl>
      <h3 class="json-title">{t.line}</h3>
      <JsonText value={alert} label={t.line} />
    </Dialog>
  );
}
