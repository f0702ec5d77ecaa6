// All there is about one finding, and what can be done with it.
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { ApiError, pathOf, post } from "../api";
import { Dialog } from "../components/dialog";
import { Download } from "../components/download";
import { FindingDialog, type FindingAction } from "../components/finding_dialogs";
import { Hostile } from "../components/hostile";
import { ListPage } from "../components/list_page";
import { SessionDialog } from "../components/session_dialog";
import { Answer, ErrorBox, KindLabel, Loading, Score, Section, Severity, Status, Time } from "../components/small";
import { toast } from "../components/toast";
import { labelOf, useCommon } from "../i18n";
import { linkTo } from "../lib/filters";
import { localTime } from "../lib/format";
import { plainOf } from "../lib/hostile";
import { useApi } from "../lib/use_api";
import { useSession } from "../session_context";
import type { Decision, FindingAnswer, SessionRow } from "../types";
import { History, Notes } from "./finding/notes";
import { Shape, When } from "./finding/shape";
import { CodeLines, Steps } from "./finding/steps";
import { useFindingTexts } from "./finding/texts";
import { Who } from "./finding/who";
import { Clues, Why } from "./finding/why";
import { percentText } from "./logic/finding";
import { useSessionColumns } from "./sessions";

export function FindingPage({ id }: { id: string }) {
  const t = useFindingTexts();
  const asked = useApi<FindingAnswer>(pathOf("findings", id));
  return (
    <>
      <p class="crumb">
        <Link href="/findings">← {t.back}</Link>
      </p>
      <Answer asked={asked}>{(answer) => <Whole answer={answer} onAnswer={asked.set} />}</Answer>
    </>
  );
}

interface Props {
  answer: FindingAnswer;
  onAnswer: (answer: FindingAnswer) => void;
}

function Whole({ answer, onAnswer }: Props) {
  const { finding } = answer;
  const session = useSession();
  return (
    <article>
      <Head answer={answer} />
      <DecisionBox answer={answer} />
      <Actions answer={answer} onAnswer={onAnswer} />
      <Why evidence={finding.evidence ?? []} />
      <Clues application={finding.application} />
      <Who finding={finding} />
      <When timeline={answer.timeline} />
      <Shape features={finding.features} />
      <Steps answer={answer} canEdit={session.patterns !== "none"} />
      <div class="columns">
        <Notes id={finding.finding_id} notes={answer.notes ?? []} onAnswer={onAnswer} />
        <History history={answer.history ?? []} />
      </div>
      <Sessions id={finding.finding_id} />
    </article>
  );
}

function Head({ answer }: { answer: FindingAnswer }) {
  const t = useFindingTexts();
  const common = useCommon();
  const { finding, row } = answer;
  const application = finding.application;
  const words = common.words.class;
  const className = row.class ?? application?.class;
  return (
    <header class="finding-head">
      <h1>
        <Hostile text={finding.destination} most={300} />
      </h1>
      <div class="row-of">
        <Score value={row.score} />
        <Severity value={row.severity} />
        <Status value={row.status} />
        {row.current === false && <span class="badge">{t.earlier}</span>}
      </div>
      <dl class="facts">
        <dt>{t.looksLike}</dt>
        <dd>
          {row.application ? (
            <Hostile text={row.application} most={300} />
          ) : (
            <span class="dim">{t.unknownApplication}</span>
          )}{" "}
          <span class="dim">
            {className && plainOf(labelOf(words, className), 60)}
            {answer.own_name
              ? ` · ${t.ownName}`
              : application?.confidence !== undefined && ` · ${t.confidence(percentText(application.confidence))}`}
          </span>
        </dd>
        <dt>{common.column.kind}</dt>
        <dd>
          <KindLabel value={finding.kind} />
        </dd>
        <dt>{t.seen}</dt>
        <dd>
          <Time value={row.first} precision="second" /> – <Time value={row.last} precision="second" />
        </dd>
        <dt>{common.column.sessions}</dt>
        <dd>
          <Link href={linkTo("/sessions", { destination: finding.destination.slice(0, 1000), kind: finding.kind })}>
            {row.sessions.toLocaleString("en")}
          </Link>
        </dd>
        <dt>{common.column.clients}</dt>
        <dd>{row.clients.toLocaleString("en")}</dd>
        {row.assignee && (
          <>
            <dt>{common.column.assignee}</dt>
            <dd>
              <Hostile text={row.assignee} />
            </dd>
          </>
        )}
      </dl>
    </header>
  );
}

const isPast = (time: string | undefined): boolean => time !== undefined && new Date(time) < new Date();

function DecisionBox({ answer }: { answer: FindingAnswer }) {
  const t = useFindingTexts();
  const decision: Decision = answer.decision ?? {};
  if (!decision.status)
    return answer.row.status === "sanctioned" ? <p class="notice">{t.byList}</p> : null;
  const isSanction = decision.status === "sanctioned";
  return (
    <div class={isSanction ? "notice notice-good" : "notice notice-bad"}>
      <strong>{plainOf(labelOf(t.decided, decision.status), 40)}</strong>{" "}
      <span class="dim">
        {decision.by && t.decidedBy(plainOf(decision.by, 60), (decision.time && localTime(decision.time, "minute")) || "")}
      </span>
      <dl class="facts">
        {isSanction && (
          <>
            <dt>{t.owner}</dt>
            <dd>
              <Hostile text={decision.owner} />
            </dd>
            <dt>{t.until}</dt>
            <dd>
              {decision.expires ? <Time value={decision.expires} precision="day" /> : t.forever}{" "}
              {isPast(decision.expires) && <span class="badge badge-warn">{t.expired}</span>}
            </dd>
          </>
        )}
        {decision.reason && (
          <>
            <dt>{t.reason}</dt>
            <dd>
              <Hostile text={decision.reason} />
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}

function Actions({ answer, onAnswer }: Props) {
  const t = useFindingTexts();
  const session = useSession();
  const [action, setAction] = useState<FindingAction>();
  const [isWhois, setWhois] = useState(false);
  const { finding, row } = answer;
  const isDecided = Boolean(answer.decision?.status);
  const buttons: [FindingAction, string][] = [
    ["sanction", t.sanction],
    ["confirm", t.confirm],
    ...(isDecided ? [["take-back", t.takeBack] as [FindingAction, string]] : []),
    ["name", t.name],
    ["assign", t.assign],
  ];
  return (
    <div class="buttons actions" role="group" aria-label={t.actions}>
      {!session.read_only &&
        buttons.map(([id, label]) => (
          <button key={id} type="button" onClick={() => setAction(id)}>
            {label}
          </button>
        ))}
      {session.whois && !session.read_only && (
        <button type="button" onClick={() => setWhois(true)}>
          {t.whois}
        </button>
      )}
      {session.patterns === "write" && !session.read_only && (
        <Link class="button" href={linkTo("/patterns/new", { finding: finding.finding_id })}>
          {t.pattern}
        </Link>
      )}
      {action && (
        <FindingDialog
          action={action}
          ids={[finding.finding_id]}
          assignee={row.assignee}
          name={answer.own_name}
          onClose={() => setAction(undefined)}
          onDone={(_, last) => {
            if (last) onAnswer(last);
            toast(t.done);
          }}
        />
      )}
      {isWhois && <Whois id={finding.finding_id} onClose={() => setWhois(false)} />}
    </div>
  );
}

function Whois({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useFindingTexts();
  const [answer, setAnswer] = useState<{ name: string; text: string } | ApiError>();
  const [isAsked, setAsked] = useState(false);
  if (!isAsked) {
    setAsked(true);
    post<{ name: string; text: string }>(pathOf("findings", id, "whois")).then(setAnswer, (error: unknown) =>
      setAnswer(error instanceof ApiError ? error : new ApiError(0, "failed", String(error))),
    );
  }
  return (
    <Dialog title={t.whoisOf} onClose={onClose} wide>
      {answer === undefined && (
        <>
          <Loading />
          <p class="dim">{t.whoisBusy}</p>
        </>
      )}
      {answer instanceof ApiError && <ErrorBox error={answer} />}
      {answer !== undefined && !(answer instanceof ApiError) && (
        <>
          <p>
            <strong>
              <Hostile text={answer.name} />
            </strong>
          </p>
          <div class="whois mono" tabIndex={0} role="region" aria-label={t.whoisOf}>
            <CodeLines text={answer.text.replaceAll("\r", "")} most={500} />
          </div>
        </>
      )}
    </Dialog>
  );
}

function Sessions({ id }: { id: string }) {
  const t = useFindingTexts();
  const columns = useSessionColumns();
  const [shown, setShown] = useState<SessionRow>();
  const path = pathOf("findings", id, "sessions");
  return (
    <Section title={t.sessions} id="sessions" tools={<Download path={path} />}>
      <ListPage<SessionRow>
        label={t.sessions}
        path={path}
        columns={columns}
        rowKey={(row) => row.session_id}
        onOpen={setShown}
      />
      {shown && <SessionDialog line={shown.line} onClose={() => setShown(undefined)} />}
    </Section>
  );
}
