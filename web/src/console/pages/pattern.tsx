// One pattern: its text, what it matches, and what is done with it. "new" is one that is not there yet; with
// ?finding=ID it begins as what the learner makes of that finding.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { ApiError, get, pathOf, post, remove } from "../api";
import { CodeArea, type CodeAreaHandle } from "../components/code_area";
import { Dialog } from "../components/dialog";
import { Field } from "../components/field";
import { Hostile } from "../components/hostile";
import { ExportLinks, FalseRate, OwnRate, PatternState } from "../components/pattern_parts";
import { PatternPreview, type Tried, usePreview } from "../components/pattern_preview";
import { Answer, errorText, PageHead } from "../components/small";
import { toast } from "../components/toast";
import { useCommon, useTexts } from "../i18n";
import { en } from "../i18n/pages/pattern.en";
import { ja } from "../i18n/pages/pattern.ja";
import { en as listEn } from "../i18n/pages/patterns.en";
import { ja as listJa } from "../i18n/pages/patterns.ja";
import { useFilters } from "../lib/filters";
import { useApi } from "../lib/use_api";
import { useSession } from "../session_context";
import type { Page, PatternAnswer, PatternRow } from "../types";
import { draftOf, keepDraft } from "./logic/drafts";
import {
  bytesOf,
  isPatternId,
  kPatternBytes,
  placeOfError,
  sourceFindingOf,
  type TextError,
} from "./logic/pattern_text";
import "./pages2.css";

const kBlank = `format = 1
name = ""
application = ""
candidate = true

all = [
  { kind = "connect" },
]
`;

export function PatternPage({ id }: { id: string }) {
  const isNew = id === "new";
  const [filters] = useFilters(["finding"] as const);
  const finding = isNew ? filters.finding : undefined;
  const path = isNew ? finding && pathOf("findings", finding, "draft") : pathOf("patterns", id);
  const asked = useApi<PatternAnswer>(path);
  if (isNew && !finding) return <Editor stored={{ id: "", text: kBlank }} isNew finding="" onStored={() => {}} />;
  return (
    <Answer asked={asked}>
      {(stored) => (
        <Editor
          key={isNew ? `new ${finding}` : stored.id}
          stored={stored}
          isNew={isNew}
          finding={finding ?? stored.row?.source_finding ?? sourceFindingOf(stored.text)}
          onStored={asked.set}
        />
      )}
    </Answer>
  );
}

interface EditorProps {
  stored: PatternAnswer;
  isNew: boolean;
  finding: string;
  onStored: (stored: PatternAnswer) => void;
}

type Asking = "accept" | "remove" | "replace" | undefined;

// A text that has not been saved yet outlives going to another page and back.
// The third value takes what is stored now.
function useDraft(
  key: string,
  stored: string,
): [text: string, set: (text: string) => void, take: (stored: string) => void] {
  const [text, setText] = useState(() => draftOf(key) ?? stored);
  const set = (next: string) => {
    setText(next);
    keepDraft(key, next === stored ? undefined : next);
  };
  const take = (next: string) => {
    setText(next);
    keepDraft(key, undefined);
  };
  const isChanged = text !== stored;
  useEffect(() => {
    if (!isChanged) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isChanged]);
  return [text, set, take];
}

// What is wrong with the text as it stands, and where.
function errorOf(text: string, tried: Tried, refused: string | undefined, tooLarge: string): TextError | undefined {
  if (bytesOf(text) > kPatternBytes) return { message: tooLarge };
  const words = refused ?? tried.preview?.error;
  return words ? placeOfError(words) : undefined;
}

interface Actions {
  isBusy: boolean;
  refused: string | undefined; // what the program said of the text when it was to be saved
  forgetRefusal: () => void;
  store: (id: string, text: string) => Promise<void>;
  accept: () => Promise<void>;
  erase: () => Promise<void>;
}

// What is done with a pattern; each says how it went, and calls `onDone` in any case.
function useActions({ stored, isNew, onStored }: EditorProps, onDone: () => void, onText: (text: string) => void): Actions {
  const t = useTexts(en, ja);
  const common = useCommon();
  const [, navigate] = useLocation();
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();
  const act = async (action: () => Promise<void>, done: string) => {
    setBusy(true);
    try {
      await action();
      toast(done);
    } catch (failure) {
      const known = failure instanceof ApiError ? failure : new ApiError(0, "failed", String(failure));
      if (known.code === "bad-request") setRefused(known.message);
      toast(errorText(common, known), "error");
    }
    setBusy(false);
    onDone();
  };
  const show = (answer: PatternAnswer) => {
    onText(answer.text);
    onStored(answer);
  };
  return {
    isBusy,
    refused,
    forgetRefusal: () => setRefused(undefined),
    store: (id, text) =>
      act(async () => {
        const answer = await post<PatternAnswer>(pathOf("patterns", id), { text });
        show(answer);
        if (isNew) navigate(`/patterns/${encodeURIComponent(id)}`, { replace: true });
      }, t.saved),
    accept: () => act(async () => show(await post<PatternAnswer>(pathOf("patterns", stored.id, "accept"))), t.acceptedNow),
    erase: () =>
      act(async () => {
        await remove<void>(pathOf("patterns", stored.id));
        onText(stored.text);
        navigate("/patterns", { replace: true });
      }, t.removed),
  };
}

function Editor(props: EditorProps) {
  const { stored, isNew, finding } = props;
  const t = useTexts(en, ja);
  const session = useSession();
  const mayWrite = session.patterns === "write" && !session.read_only;
  const [text, setText, takeStored] = useDraft(isNew ? `new ${finding}` : stored.id, stored.text);
  const [id, setId] = useState(stored.id);
  const [asking, setAsking] = useState<Asking>();
  const actions = useActions(props, () => setAsking(undefined), takeStored);
  const tried = usePreview(text, finding, bytesOf(text) <= kPatternBytes);
  const error = errorOf(text, tried, actions.refused, t.tooLarge);
  const isChanged = isNew || text !== stored.text;
  const idError = isNew && id !== "" && (!isPatternId(id) || id === "new") ? t.idWrong : undefined;
  const hasId = !isNew || (id !== "" && idError === undefined);
  const canSave = mayWrite && isChanged && !actions.isBusy && error === undefined && hasId;
  const save = async () => {
    if (!canSave) return;
    if (isNew && (await isTaken(id))) setAsking("replace");
    else await actions.store(id, text);
  };
  const change = (next: string) => {
    actions.forgetRefusal();
    setText(next);
  };
  return (
    <>
      <Head stored={stored} isNew={isNew} />
      {!mayWrite && <p class="notice">{t.readOnly}</p>}
      <About row={stored.row} finding={finding} />
      <div class="pattern-columns">
        <div class="pattern-text">
          {isNew && <Id value={id} onValue={setId} error={idError} />}
          <TextWithError text={text} error={error} isReadOnly={!mayWrite} onText={change} onSave={save} />
          {mayWrite && (
            <Buttons
              canSave={canSave}
              canAccept={!isNew && stored.row?.candidate === true}
              isThere={!isNew}
              isChanged={text !== stored.text}
              isBusy={actions.isBusy}
              onSave={save}
              onDiscard={() => change(stored.text)}
              onAsk={setAsking}
            />
          )}
        </div>
        <PatternPreview tried={tried} />
      </div>
      {asking && (
        <Question about={asking} actions={actions} onStore={() => actions.store(id, text)} onClose={() => setAsking(undefined)} />
      )}
    </>
  );
}

function Id(props: { value: string; onValue: (id: string) => void; error: string | undefined }) {
  const t = useTexts(en, ja);
  return <Field {...props} label={t.id} hint={t.idHint} required input={{ maxLength: 64 }} />;
}

interface ButtonsProps {
  canSave: boolean;
  canAccept: boolean; // a candidate
  isThere: boolean; // stored
  isChanged: boolean;
  isBusy: boolean;
  onSave: () => void;
  onDiscard: () => void;
  onAsk: (about: Asking) => void;
}

function Buttons(props: ButtonsProps) {
  const t = useTexts(en, ja);
  const { isChanged, isBusy } = props;
  return (
    <div class="buttons">
      <button type="button" class="primary" disabled={!props.canSave} title={t.saveHint} onClick={props.onSave}>
        {t.save}
      </button>
      {props.canAccept && (
        <button
          type="button"
          disabled={isChanged || isBusy}
          title={isChanged ? t.acceptFirstSave : undefined}
          onClick={() => props.onAsk("accept")}
        >
          {t.accept}
        </button>
      )}
      {isChanged && (
        <button type="button" onClick={props.onDiscard}>
          {t.discard}
        </button>
      )}
      {props.isThere && (
        <button type="button" class="danger" disabled={isBusy} onClick={() => props.onAsk("remove")}>
          {t.remove}
        </button>
      )}
      {isChanged && <span class="badge badge-warn unsaved">{t.unsaved}</span>}
    </div>
  );
}

// Where that cannot be known, the program says what is wrong when it saves.
async function isTaken(id: string): Promise<boolean> {
  try {
    const { rows } = await get<Page<PatternRow>>("/api/patterns", { limit: 500 });
    return rows.some((row) => row.id === id);
  } catch {
    return false;
  }
}

function Head({ stored, isNew }: { stored: PatternAnswer; isNew: boolean }) {
  const t = useTexts(en, ja);
  const list = useTexts(listEn, listJa);
  return (
    <PageHead
      title={
        isNew ? (
          t.newPattern
        ) : (
          <>
            <Hostile text={stored.row?.name || stored.id} most={200} />{" "}
            <PatternState isCandidate={stored.row?.candidate ?? false} />
          </>
        )
      }
    >
      {!isNew && <ExportLinks id={stored.id} label={list.exportOne} />}
      <Link href="/patterns">{t.all}</Link>
    </PageHead>
  );
}

function About({ row, finding }: { row: PatternRow | undefined; finding: string }) {
  const t = useTexts(en, ja);
  const list = useTexts(listEn, listJa);
  const { column } = useCommon();
  const facts = [
    row && row.name !== undefined && { label: t.id, value: <Hostile text={row.id} mono /> },
    row?.application && { label: column.application, value: <Hostile text={row.application} most={300} /> },
    finding && {
      label: t.learnedFrom,
      value: (
        <Link href={`/findings/${encodeURIComponent(finding)}`}>
          <Hostile text={finding} mono most={64} />
        </Link>
      ),
    },
    row?.rates && { label: list.own, value: <OwnRate rates={row.rates} /> },
    row?.rates && { label: list.others, value: <FalseRate rates={row.rates} /> },
    row?.author && { label: list.author, value: <Hostile text={row.author} most={200} /> },
    row?.date && { label: list.date, value: <Hostile text={row.date} most={20} /> },
    row?.note && { label: t.note, value: <Hostile text={row.note} most={500} /> },
  ].filter((fact) => typeof fact === "object");
  if (facts.length === 0) return null;
  return (
    <dl class="facts pattern-about">
      {facts.map((fact) => (
        <>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </>
      ))}
    </dl>
  );
}

function TextWithError(props: {
  text: string;
  error: TextError | undefined;
  isReadOnly: boolean;
  onText: (text: string) => void;
  onSave: () => void;
}) {
  const t = useTexts(en, ja);
  const errorId = useId();
  const area = useRef<CodeAreaHandle>(null);
  const line = props.error?.line;
  return (
    <>
      <CodeArea
        label={t.text}
        value={props.text}
        onValue={props.onText}
        onSave={props.onSave}
        isReadOnly={props.isReadOnly}
        error={props.error}
        errorId={errorId}
        handle={area}
      />
      <div class="code-error" id={errorId} role="status">
        {props.error && (
          <>
            {line !== undefined && <strong>{t.errorAt(line)}: </strong>}
            <Hostile text={props.error.message} most={500} />{" "}
            {line !== undefined && (
              <button type="button" class="link" onClick={() => area.current?.goTo(line)}>
                {t.goToLine(line)}
              </button>
            )}
          </>
        )}
      </div>
    </>
  );
}

// What cannot be taken back is asked for once more.
function Question(props: {
  about: "accept" | "remove" | "replace";
  actions: Actions;
  onStore: () => void;
  onClose: () => void;
}) {
  const t = useTexts(en, ja);
  const questions = {
    accept: { title: t.acceptTitle, text: t.acceptAbout, button: t.accept, do: props.actions.accept },
    remove: { title: t.removeTitle, text: t.removeAbout, button: t.remove, do: props.actions.erase },
    replace: { title: t.replaceTitle, text: t.idTaken, button: t.replace, do: props.onStore },
  };
  const question = questions[props.about];
  return (
    <Dialog
      title={question.title}
      onClose={props.onClose}
      onSubmit={() => void question.do()}
      buttons={
        <button type="submit" class={props.about === "accept" ? "primary" : "danger"}>
          {question.button}
        </button>
      }
    >
      <p>{question.text}</p>
    </Dialog>
  );
}
