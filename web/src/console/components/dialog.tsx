// A modal dialog: the browser's own <dialog> keeps the focus inside, closes on Esc and gives the focus back.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { useCommon } from "../i18n";

interface Props {
  title: ComponentChildren;
  onClose: () => void;
  onSubmit?: () => void; // with it, the dialog is a form
  children: ComponentChildren;
  buttons?: ComponentChildren; // beside "close"
  wide?: boolean;
}

export function Dialog({ title, onClose, onSubmit, children, buttons, wide }: Props) {
  const t = useCommon();
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? "dialog dialog-wide" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current && !onSubmit) onClose(); // what was filled in is not lost by a slip
      }}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit?.();
        }}
      >
        <h2 id={id}>{title}</h2>
        <div class="dialog-body">{children}</div>
        <div class="buttons">
          {buttons}
          <button type="button" onClick={onClose}>
            {onSubmit ? t.action.cancel : t.action.close}
          </button>
        </div>
      </form>
    </dialog>
  );
}
