// The dialogs in which people decide about findings, one or several at once.
import { useState } from "preact/hooks";
import { ApiError } from "../api";
import { useCommon, useTexts } from "../i18n";
import { en } from "../i18n/pages/actions.en";
import { ja } from "../i18n/pages/actions.ja";
import { type DecisionForm, bodyOf, dayInMonths, faultsOf, forEach } from "../pages/logic/decide";
import type { FindingAnswer } from "../types";
import { Dialog } from "./dialog";
import { Field, TextArea } from "./field";
import { ErrorBox } from "./small";

export type FindingAction = "sanction" | "confirm" | "take-back" | "assign" | "name";

interface Props {
  action: FindingAction;
  ids: readonly string[];
  assignee?: string | undefined; // what stands there now
  name?: string | undefined;
  onClose: () => void;
  onDone: (done: number, last: FindingAnswer | undefined) => void;
}

const useActionTexts = () => useTexts(en, ja);

export function FindingDialog(props: Props) {
  return props.action === "assign" || props.action === "name" ? (
    <WordDialog {...props} />
  ) : (
    <DecisionDialog {...props} />
  );
}

// Does it for all, and says what went wrong where it did. Stays open then.
function useDoing(props: Props, what: string) {
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const run = async (body: object) => {
    setBusy(true);
    setError(undefined);
    const { done, last, error: failure } = await forEach(props.ids, what, body);
    setBusy(false);
    if (done > 0 && (failure === undefined || props.ids.length > 1)) {
      props.onDone(done, last);
      props.onClose();
    } else if (failure !== undefined) {
      setError(failure instanceof ApiError ? failure : new ApiError(0, "failed", String(failure)));
    }
  };
  return { error, isBusy, run };
}

function Title({ text, count }: { text: string; count: number }) {
  const t = useActionTexts();
  return (
    <>
      {text}
      {count > 1 && <span class="dim"> – {t.several(count)}</span>}
    </>
  );
}

function Expiry({ value, onValue, error }: { value: string; onValue: (day: string) => void; error?: string | undefined }) {
  const t = useActionTexts();
  return (
    <>
      <Field
        type="date"
        label={t.expires}
        hint={
          <span class="row-of">
            {t.expiresHint}
            {[3, 6, 12].map((months) => (
              <button
                key={months}
                type="button"
                class="link"
                onClick={() => onValue(dayInMonths(new Date(), months))}
              >
                {t.inMonths(months)}
              </button>
            ))}
            <button type="button" class="link" onClick={() => onValue("")}>
              {t.forever}
            </button>
          </span>
        }
        value={value}
        onValue={onValue}
        error={error}
      />
    </>
  );
}

function DecisionDialog(props: Props) {
  const t = useActionTexts();
  const status = props.action === "sanction" ? "sanctioned" : props.action === "confirm" ? "confirmed" : "";
  const [form, setForm] = useState<DecisionForm>(() => ({
    status,
    owner: "",
    reason: "",
    expires: status === "sanctioned" ? dayInMonths(new Date(), 12) : "",
  }));
  const [isChecked, setChecked] = useState(false);
  const { error, isBusy, run } = useDoing(props, "decision");
  const faults = isChecked ? faultsOf(form, new Date()) : [];
  const submit = () => {
    setChecked(true);
    if (!isBusy && faultsOf(form, new Date()).length === 0) void run(bodyOf(form));
  };
  const words = {
    sanctioned: [t.sanctionTitle, t.sanctionWhat, t.sanction],
    confirmed: [t.confirmTitle, t.confirmWhat, t.confirm],
    "": [t.takeBackTitle, t.takeBackWhat, t.takeBack],
  }[status];
  return (
    <Dialog
      title={<Title text={words[0]!} count={props.ids.length} />}
      onClose={props.onClose}
      onSubmit={submit}
      buttons={
        <button type="submit" class="primary" disabled={isBusy}>
          {words[2]}
        </button>
      }
    >
      <p>{words[1]}</p>
      {status === "sanctioned" && (
        <>
          <Field
            label={t.owner}
            hint={t.ownerHint}
            value={form.owner}
            onValue={(owner) => setForm({ ...form, owner })}
            error={faults.includes("owner") ? t.ownerNeeded : undefined}
            input={{ autoFocus: true, maxLength: 200, "aria-required": true }}
          />
          <Expiry
            value={form.expires}
            onValue={(expires) => setForm((old) => ({ ...old, expires }))}
            error={faults.includes("expires") ? t.expiresPast : undefined}
          />
        </>
      )}
      {status !== "" && (
        <TextArea
          label={t.reason}
          hint={t.reasonHint}
          rows={3}
          maxLength={1000}
          value={form.reason}
          onValue={(reason) => setForm({ ...form, reason })}
        />
      )}
      {error && <ErrorBox error={error} />}
    </Dialog>
  );
}

function WordDialog(props: Props) {
  const t = useActionTexts();
  const common = useCommon();
  const isName = props.action === "name";
  const [value, setValue] = useState((isName ? props.name : props.assignee) ?? "");
  const { error, isBusy, run } = useDoing(props, isName ? "name" : "assignee");
  const submit = () => {
    if (!isBusy) void run(isName ? { name: value.trim() } : { assignee: value.trim() });
  };
  return (
    <Dialog
      title={<Title text={isName ? t.nameTitle : t.assignTitle} count={props.ids.length} />}
      onClose={props.onClose}
      onSubmit={submit}
      buttons={
        <button type="submit" class="primary" disabled={isBusy}>
          {isName ? common.action.save : t.assign}
        </button>
      }
    >
      <Field
        label={isName ? t.name : t.assignee}
        hint={isName ? t.nameWhat : t.assignWhat}
        value={value}
        onValue={setValue}
        input={{ autoFocus: true, maxLength: 200 }}
      />
      {error && <ErrorBox error={error} />}
    </Dialog>
  );
}
