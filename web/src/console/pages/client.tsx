// One client, all of it or one of its User-Agents: what the challenge says and why, and what it did.
import { useCallback, useMemo, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { ChallengeChart } from "../components/challenge_chart";
import { AlertDialog } from "../components/alert_dialog";
import { Hostile } from "../components/hostile";
import { Table } from "../components/list_page";
import { PagedTable } from "../components/paged_table";
import { SessionDialog } from "../components/session_dialog";
import {
  Bytes,
  Count,
  ErrorBox,
  KindLabel,
  Loading,
  PageHead,
  Score,
  Section,
  Severity,
  Status,
  Time,
  UserAgent,
} from "../components/small";
import { Verdict } from "../components/verdict";
import { labelOf, useCommon, useTexts } from "../i18n";
import { en } from "../i18n/pages/client.en";
import { ja } from "../i18n/pages/client.ja";
import { linkTo, useFilters } from "../lib/filters";
import { useSome } from "../lib/use_some";
import type { AlertRow, ChallengeRow, ClientRow, FindingRow, SessionRow, VerdictRow } from "../types";
import { clientOfAlert, clientPath, clientRowPath, textOfSegment } from "./logic/session_links";
import { innerOf } from "./sessions";
import "./pages2.css";

interface Who {
  client: string;
  userAgent: string | undefined; // undefined: any
  isWithout: boolean; // only what has no User-Agent
}

// What the program cannot be asked for: verdicts and states of requests without the field.
function useOnly(who: Who): ((row: { user_agent?: string }) => boolean) | undefined {
  const { isWithout } = who;
  return useMemo(() => (isWithout ? (row) => !row.user_agent : undefined), [isWithout]);
}

const questionOf = (who: Who) => ({ client: who.client, user_agent: who.userAgent });

function UserAgents({ who }: { who: Who }) {
  const t = useTexts(en, ja);
  const { column } = useCommon();
  const isAll = who.userAgent === undefined && !who.isWithout;
  const only = useCallback(
    (row: ClientRow) => isAll || (who.isWithout ? row.user_agent === undefined : row.user_agent === who.userAgent),
    [isAll, who.isWithout, who.userAgent],
  );
  return (
    <PagedTable<ClientRow>
      title={t.userAgents}
      path="/api/clients"
      query={{ client: who.client }}
      only={only}
      empty={t.noUserAgents}
      rowKey={(row) => row.user_agent ?? "\r"}
      columns={[
        {
          id: "user_agent",
          label: column.userAgent,
          cell: (row) =>
            isAll ? (
              <Link href={clientRowPath(row)}>
                <AgentText value={row.user_agent} />
              </Link>
            ) : (
              <AgentText value={row.user_agent} />
            ),
        },
        { id: "verdict", label: t.verdict, cell: (row) => <Verdict value={row.verdict} score={row.score} /> },
        { id: "sessions", label: column.sessions, align: "end", cell: (row) => <Count value={row.sessions} /> },
        { id: "up", label: column.bytesUp, align: "end", cell: (row) => <Bytes value={row.bytes_up} /> },
        { id: "down", label: column.bytesDown, align: "end", cell: (row) => <Bytes value={row.bytes_down} /> },
        { id: "first", label: column.first, cell: (row) => <Time value={row.first} /> },
        { id: "last", label: column.last, cell: (row) => <Time value={row.last} /> },
      ]}
    />
  );
}

function AgentText({ value }: { value: string | undefined }) {
  return value ? <Hostile text={value} most={300} /> : <UserAgent value={value} />;
}

function Verdicts({ who }: { who: Who }) {
  const t = useTexts(en, ja);
  const { column } = useCommon();
  const only = useOnly(who);
  return (
    <PagedTable<VerdictRow>
      title={t.verdicts}
      path="/api/verdicts"
      query={questionOf(who)}
      {...(only ? { only } : {})}
      empty={t.noVerdicts}
      rowKey={(row, i) => `${row.time} ${row.host} ${i}`}
      columns={[
        { id: "time", label: column.time, cell: (row) => <Time value={row.time} precision="second" /> },
        { id: "verdict", label: t.verdict, cell: (row) => <Verdict value={row.verdict} score={row.score} /> },
        { id: "host", label: t.host, cell: (row) => <Host value={row.host} /> },
        {
          id: "why",
          label: t.why,
          cell: (row) => (
            <ul class="plain-list why">
              {row.evidence?.map((sentence, i) => (
                <li key={i}>
                  <Hostile text={sentence} />
                </li>
              ))}
            </ul>
          ),
        },
        ...(who.userAgent === undefined && !who.isWithout
          ? [{ id: "ua", label: column.userAgent, cell: (row: VerdictRow) => <UserAgentCell value={row.user_agent} /> }]
          : []),
      ]}
    />
  );
}

function Host({ value }: { value: string }) {
  return (
    <div class="roomy">
      <Hostile text={value} most={200} />
    </div>
  );
}

// Of the challenge's rows: none is told as an empty one.
function UserAgentCell({ value }: { value: string | undefined }) {
  return (
    <span class="clip">
      <UserAgent value={value || undefined} />
    </span>
  );
}

function States({ who }: { who: Who }) {
  const t = useTexts(en, ja);
  const { column } = useCommon();
  const only = useOnly(who);
  return (
    <PagedTable<ChallengeRow>
      title={t.states}
      path="/api/challenges"
      query={questionOf(who)}
      {...(only ? { only } : {})}
      empty={t.noStates}
      rowKey={(row, i) => `${row.hour} ${row.host} ${row.state} ${i}`}
      columns={[
        { id: "hour", label: t.hour, cell: (row) => <Time value={row.hour} /> },
        { id: "state", label: t.state, cell: (row) => <Hostile text={labelOf(t.stateWords, row.state)} /> },
        { id: "count", label: t.count, align: "end", cell: (row) => <Count value={row.count} /> },
        { id: "host", label: t.host, cell: (row) => <Host value={row.host} /> },
        { id: "reason", label: t.reason, cell: (row) => <Hostile text={row.reason} /> },
        ...(who.userAgent === undefined && !who.isWithout
          ? [
              {
                id: "ua",
                label: column.userAgent,
                cell: (row: ChallengeRow) => <UserAgentCell value={row.user_agent} />,
              },
            ]
          : []),
      ]}
    >
      <ChallengeChart query={questionOf(who)} {...(only ? { only } : {})} />
    </PagedTable>
  );
}

function Sessions({ who, onOpen }: { who: Who; onOpen: (row: SessionRow) => void }) {
  const t = useTexts(en, ja);
  const common = useCommon();
  const { column } = common;
  const query = { ...questionOf(who), no_user_agent: who.isWithout ? "1" : undefined };
  return (
    <PagedTable<SessionRow>
      title={t.sessions}
      path="/api/sessions"
      query={query}
      empty={t.noSessions}
      tools={<Link href={linkTo("/sessions", query)}>{t.allSessions}</Link>}
      rowKey={(row) => row.session_id}
      columns={[
        {
          id: "start",
          label: column.start,
          cell: (row) => (
            <button type="button" class="link" onClick={() => onOpen(row)}>
              <Time value={row.start} precision="second" />
            </button>
          ),
        },
        { id: "destination", label: column.destination, cell: (row) => <Hostile text={row.destination} most={200} /> },
        { id: "kind", label: column.kind, cell: (row) => <KindLabel value={row.kind} /> },
        { id: "inner", label: t.inner, cell: (row) => <Hostile text={innerOf(row)} /> },
        { id: "up", label: column.bytesUp, align: "end", cell: (row) => <Bytes value={row.bytes_up} /> },
        { id: "down", label: column.bytesDown, align: "end", cell: (row) => <Bytes value={row.bytes_down} /> },
      ]}
    />
  );
}

function Findings({ who }: { who: Who }) {
  const t = useTexts(en, ja);
  const { column } = useCommon();
  return (
    <PagedTable<FindingRow>
      title={t.findings}
      path="/api/findings"
      query={{ client: who.client }}
      empty={t.noFindings}
      rowKey={(row) => row.finding_id}
      columns={[
        {
          id: "destination",
          label: column.destination,
          cell: (row) => (
            <Link href={`/findings/${encodeURIComponent(row.finding_id)}`}>
              <Hostile text={row.destination} most={200} />
            </Link>
          ),
        },
        { id: "score", label: column.score, cell: (row) => <Score value={row.score} /> },
        { id: "status", label: column.status, cell: (row) => <Status value={row.status} /> },
        { id: "application", label: column.application, cell: (row) => <Hostile text={row.application} most={200} /> },
        { id: "sessions", label: column.sessions, align: "end", cell: (row) => <Count value={row.sessions} /> },
        { id: "last", label: column.last, cell: (row) => <Time value={row.last} /> },
      ]}
    />
  );
}

const kAlerts = 2000;

function Alerts({ who, onOpen }: { who: Who; onOpen: (row: AlertRow) => void }) {
  const t = useTexts(en, ja);
  const { column } = useCommon();
  const { rows, isCut, error } = useSome<AlertRow>("/api/alerts", {}, kAlerts);
  const mine = useMemo(() => rows?.filter((row) => isOf(row, who)) ?? [], [rows, who]);
  return (
    <Section title={t.alerts}>
      {error && <ErrorBox error={error} />}
      {rows === undefined && !error && <Loading />}
      {rows && (
        <div class="as-cards">
          <Table
            label={t.alerts}
            rows={mine.slice(0, 100)}
            rowKey={(row) => String(row.id)}
            empty={t.noAlerts}
            columns={[
              {
                id: "time",
                label: column.time,
                cell: (row) => (
                  <button type="button" class="link" onClick={() => onOpen(row)}>
                    <Time value={row.time} precision="second" />
                  </button>
                ),
              },
              { id: "severity", label: column.severity, cell: (row) => <Severity value={row.severity} /> },
              {
                id: "what",
                label: column.application,
                cell: (row) => <Hostile text={row.pattern_name ?? row.application} most={200} />,
              },
              { id: "destination", label: column.destination, cell: (row) => <Hostile text={row.destination} most={200} /> },
            ]}
          />
        </div>
      )}
      {isCut && <p class="dim">{t.alertsAmong(kAlerts)}</p>}
    </Section>
  );
}

function isOf(row: AlertRow, who: Who): boolean {
  if (clientOfAlert(row) !== who.client && !row.clients?.includes(who.client)) return false;
  if (who.isWithout) return row.user_agent === undefined;
  return who.userAgent === undefined || row.user_agent === who.userAgent;
}

function Which({ who }: { who: Who }) {
  const t = useTexts(en, ja);
  if (who.userAgent === undefined && !who.isWithout) return null;
  return (
    <div class="notice">
      {who.isWithout ? (
        t.withoutUserAgent
      ) : (
        <>
          {t.onlyThis}: <Hostile text={who.userAgent} most={300} />
        </>
      )}{" "}
      <Link href={clientPath(who.client)}>{t.allUserAgents}</Link>
    </div>
  );
}

export function ClientPage({ client: segment }: { client: string }) {
  const t = useTexts(en, ja);
  const [filters] = useFilters(["user_agent", "no_user_agent"] as const);
  const client = textOfSegment(segment);
  const isWithout = filters.no_user_agent === "1";
  const userAgent = isWithout ? undefined : filters.user_agent;
  const who = useMemo(() => ({ client, userAgent, isWithout }), [client, userAgent, isWithout]);
  const [session, setSession] = useState<SessionRow>();
  const [alert, setAlert] = useState<AlertRow>();
  return (
    <div key={`${client}\n${userAgent}\n${isWithout}`}>
      <PageHead
        title={
          <>
            {t.client} <Hostile text={client} most={200} />
          </>
        }
      >
        <Link href="/clients">{t.all}</Link>
      </PageHead>
      <Which who={who} />
      <UserAgents who={who} />
      <Verdicts who={who} />
      <States who={who} />
      <Findings who={who} />
      <Alerts who={who} onOpen={setAlert} />
      <Sessions who={who} onOpen={setSession} />
      {session && <SessionDialog line={session.line} onClose={() => setSession(undefined)} />}
      {alert && <AlertDialog alert={alert} onClose={() => setAlert(undefined)} />}
    </div>
  );
}
