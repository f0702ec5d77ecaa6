// One session, whole: what a person looks for first, and the line as it was kept.
import { Link } from "wouter-preact";
import { useCommon, useTexts } from "../i18n";
import { en } from "../i18n/pages/sessions.en";
import { ja } from "../i18n/pages/sessions.ja";
import { linkTo } from "../lib/filters";
import { durationText } from "../lib/format";
import { clientPath } from "../pages/logic/session_links";
import type { SessionLine } from "../types";
import { CopyButton } from "./copy";
import { Dialog } from "./dialog";
import { Hostile } from "./hostile";
import { JsonText } from "./json_text";
import { Bytes, Count, KindLabel, Time, UserAgent } from "./small";

const numberOf = (line: SessionLine, key: string): number | undefined =>
  typeof line[key] === "number" ? line[key] : undefined;

const endpoint = (address: string, port: number | undefined): string =>
  port === undefined ? address : `${address.includes(":") ? `[${address}]` : address}:${port}`;

export function SessionDialog({ line, onClose }: { line: SessionLine; onClose: () => void }) {
  const t = useTexts(en, ja);
  const common = useCommon();
  const client = line.client_forwarded ?? line.client_ip;
  const duration = numberOf(line, "duration_s");
  return (
    <Dialog
      title={t.one}
      onClose={onClose}
      wide
      buttons={<CopyButton text={JSON.stringify(line)} label={t.copyLine} />}
    >
      <dl class="facts">
        <dt>{common.column.time}</dt>
        <dd>
          <Time value={line.start} precision="second" /> – <Time value={line.end} precision="second" />
          {duration !== undefined && <span class="dim"> ({durationText(duration)})</span>}
        </dd>
        <dt>{common.column.client}</dt>
        <dd>
          <Link href={clientPath(client)} onClick={onClose}>
            <Hostile text={client} />
          </Link>
        </dd>
        <dt>{t.onTheWire}</dt>
        <dd>
          <Hostile text={endpoint(line.client_ip, line.client_port)} /> →{" "}
          <Hostile text={endpoint(line.server_ip, line.server_port)} />
        </dd>
        {line.destination !== undefined && (
          <>
            <dt>{common.column.destination}</dt>
            <dd>
              <Link href={linkTo("/sessions", { destination: line.destination })} onClick={onClose}>
                <Hostile text={line.destination} most={300} />
              </Link>
            </dd>
          </>
        )}
        <dt>{common.column.kind}</dt>
        <dd>
          <KindLabel value={line.kind} />
        </dd>
        <dt>{common.column.userAgent}</dt>
        <dd>
          <UserAgent value={line.user_agent} inline={false} />
        </dd>
        <dt>{t.exchanges}</dt>
        <dd>
          ↑ <Count value={numberOf(line, "exchanges_up")} /> ↓ <Count value={numberOf(line, "exchanges_down")} />
        </dd>
        <dt>{common.column.bytes}</dt>
        <dd>
          ↑ <Bytes value={numberOf(line, "bytes_up")} /> ↓ <Bytes value={numberOf(line, "bytes_down")} />
        </dd>
      </dl>
      <h3 class="json-title">{t.line}</h3>
      <JsonText value={line} label={t.line} />
    </Dialog>
  );
}
