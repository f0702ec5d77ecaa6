// What a text that may be a pattern matches, asked while it is being typed.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, isAbort, post } from "../api";
import { useTexts } from "../i18n";
import { en } from "../i18n/pages/pattern.en";
import { ja } from "../i18n/pages/pattern.ja";
import type { Preview, SessionLine } from "../types";
import { Hostile } from "./hostile";
import { SessionDialog } from "./session_dialog";
import { ErrorBox, KindLabel, Time, UserAgent } from "./small";

const kTypingMs = 450;

export interface Tried {
  preview: Preview | undefined; // of the text as it is, or was a moment ago
  error: ApiError | undefined;
  isTrying: boolean;
}

// Asks once nobody has typed for a moment; an answer to an older text is not waited for.
export function usePreview(text: string, findingId: string, isOn: boolean): Tried {
  const [tried, setTried] = useState<Tried>({ preview: undefined, error: undefined, isTrying: false });
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isOn) return;
    const abort = new AbortController();
    setTried((old) => ({ ...old, isTrying: true }));
    const ask = () => {
      post<Preview>("/api/patterns/preview", { text, finding_id: findingId }, abort.signal).then(
        (preview) => setTried({ preview, error: undefined, isTrying: false }),
        (error: unknown) => {
          if (isAbort(error)) return;
          const known = error instanceof ApiError ? error : new ApiError(0, "failed", String(error));
          setTried({ preview: undefined, error: known, isTrying: false });
        },
      );
    };
    const timer = setTimeout(ask, isFirst.current ? 0 : kTypingMs);
    isFirst.current = false;
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, findingId, isOn]);
  return tried;
}

function Figures({ preview }: { preview: Preview }) {
  const t = useTexts(en, ja);
  const hits = preview.hits ?? 0;
  const ofService = preview.service_sessions;
  const others = hits - (preview.service_hits ?? 0);
  return (
    <>
      <p>{t.hits(hits, preview.sessions ?? 0)}</p>
      {ofService !== undefined && (
        <>
          <p>{t.serviceHits(preview.service_hits ?? 0, ofService)}</p>
          {ofService > 0 && others > 0 && <p class="warn-text">{t.otherHits(others)}</p>}
          {ofService > 0 && others <= 0 && <p>{t.noOtherHits}</p>}
        </>
      )}
    </>
  );
}

function Example({ line, reasons, onOpen }: { line: SessionLine; reasons: readonly string[]; onOpen: () => void }) {
  const t = useTexts(en, ja);
  return (
    <li class="example">
      <div class="row-of">
        <Hostile text={line.destination} most={120} />
        <KindLabel value={line.kind} />
        <button type="button" class="link" onClick={onOpen}>
          {t.open}
        </button>
      </div>
      <div class="dim">
        <Time value={line.start} precision="second" /> · <Hostile text={line.client_forwarded ?? line.client_ip} />
        {line.user_agent !== undefined && (
          <span class="example-agent">
            {" · "}
            <UserAgent value={line.user_agent} />
          </span>
        )}
      </div>
      <ul>
        {reasons.map((reason, i) => (
          <li key={i}>
            <Hostile text={reason} most={300} />
          </li>
        ))}
      </ul>
    </li>
  );
}

export function PatternPreview({ tried }: { tried: Tried }) {
  const t = useTexts(en, ja);
  const [open, setOpen] = useState<SessionLine>();
  const { preview, error, isTrying } = tried;
  const works = preview && !preview.error ? preview : undefined;
  const examples = works?.examples ?? [];
  return (
    <section class="preview" aria-busy={isTrying}>
      <h2>
        {t.preview} {isTrying && <span class="dim preview-state">{t.trying}</span>}
      </h2>
      {error && (error.code === "read-only" ? <p class="dim">{t.refused}</p> : <ErrorBox error={error} />)}
      <div role="status" class={isTrying ? "preview-figures is-old" : "preview-figures"}>
        {works && <Figures preview={works} />}
        {preview?.error && <p class="dim">{t.afterError}</p>}
      </div>
      {works && examples.length === 0 && (works.sessions ?? 0) > 0 && <p class="dim">{t.noExamples}</p>}
      {examples.length > 0 && (
        <>
          <h3>{t.examples}</h3>
          <ol class="examples">
            {examples.map(({ line, reasons }, i) => (
              <Example key={`${line.session_id} ${i}`} line={line} reasons={reasons} onOpen={() => setOpen(line)} />
            ))}
          </ol>
        </>
      )}
      {open && <SessionDialog line={open} onClose={() => setOpen(undefined)} />}
    </section>
  );
}
