// What people have said and done about a finding.
import { useState } from "preact/hooks";
import { ApiError, pathOf, post } from "../../api";
import { TextArea } from "../../components/field";
import { Hostile } from "../../components/hostile";
import { Table } from "../../components/list_page";
import { ErrorBox, Section, Time } from "../../components/small";
import { labelOf, useCommon, useTexts } from "../../i18n";
import { en as auditEn } from "../../i18n/pages/audit.en";
import { ja as auditJa } from "../../i18n/pages/audit.ja";
import { useSession } from "../../session_context";
import type { AuditRow, FindingAnswer, Note } from "../../types";
import { byteLength, kNoteBytes } from "../logic/finding";
import { CodeLines } from "./steps";
import { useFindingTexts } from "./texts";

interface Props {
  id: string;
  notes: readonly Note[];
  onAnswer: (answer: FindingAnswer) => void;
}

export function Notes({ id, notes, onAnswer }: Props) {
  const t = useFindingTexts();
  const { read_only: isReadOnly } = useSession();
  return (
    <Section title={t.notes} id="notes">
      {notes.length === 0 && <p class="empty">{t.noNotes}</p>}
      <ol class="notes">
        {notes.map((note) => (
          <li key={note.id}>
            <div class="dim">
              <Hostile text={note.by} /> · <Time value={note.time} />
            </div>
            <CodeLines text={note.text} />
          </li>
        ))}
      </ol>
      {!isReadOnly && <NewNote id={id} onAnswer={onAnswer} />}
    </Section>
  );
}

function NewNote({ id, onAnswer }: Omit<Props, "notes">) {
  const t = useFindingTexts();
  const [text, setText] = useState("");
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const left = kNoteBytes - byteLength(text);
  const add = async () => {
    setBusy(true);
    setError(undefined);
    try {
      onAnswer(await post<FindingAnswer>(pathOf("findings", id, "notes"), { text: text.trim() }));
      setText("");
    } catch (failure) {
      setError(failure instanceof ApiError ? failure : new ApiError(0, "failed", String(failure)));
    }
    setBusy(false);
  };
  return (
    <form
      class="new-note"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy && text.trim() && left >= 0) void add();
      }}
    >
      <TextArea
        label={t.noteText}
        rows={3}
        value={text}
        onValue={setText}
        hint={left < 500 && left >= 0 ? t.noteLeft(left) : undefined}
        error={left < 0 ? t.noteTooLong(-left) : undefined}
      />
      {error && <ErrorBox error={error} />}
      <button type="submit" disabled={isBusy || !text.trim() || left < 0}>
        {t.addNote}
      </button>
    </form>
  );
}

export function History({ history }: { history: readonly AuditRow[] }) {
  const t = useFindingTexts();
  const common = useCommon();
  const { actions } = useTexts(auditEn, auditJa);
  return (
    <Section title={t.history} id="history">
      <Table<AuditRow>
        label={t.history}
        rows={history}
        rowKey={(_, index) => String(index)}
        empty={t.noHistory}
        columns={[
          { id: "time", label: common.column.time, cell: (row) => <Time value={row.time} precision="second" /> },
          { id: "user", label: t.historyWho, cell: (row) => <Hostile text={row.user} /> },
          { id: "action", label: t.historyWhat, cell: (row) => <Hostile text={labelOf(actions, row.action)} /> },
          { id: "detail", label: t.historyDetail, wide: true, cell: (row) => <Hostile text={row.detail} most={300} /> },
        ]}
      />
    </Section>
  );
}
