// Copies text as it is (for a search engine, a mail, an editor), and says so.
import { useCommon } from "../i18n";
import { toast } from "./toast";

// `label`: what is copied, for those who listen; it should hold the word that is shown.
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const t = useCommon();
  const copy = () => {
    const done = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    done.then(
      () => toast(t.state.copied),
      () => toast(t.state.copyFailed, "error"),
    );
  };
  return (
    <button type="button" onClick={copy} aria-label={label} title={label}>
      {t.action.copy}
    </button>
  );
}
