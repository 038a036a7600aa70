import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A question that has to be answered first; Escape answers no. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={onClose}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}

interface DialogActionsProps {
  /** What yes is called; null where only no is possible. */
  readonly yes: string | null;
  readonly disabled: boolean;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

export function DialogActions({ yes, disabled, onYes, onNo }: DialogActionsProps) {
  return (
    <div class="dialog-actions">
      <button type="button" class="button" onClick={onNo}>
        Cancel
      </button>
      {yes !== null && (
        <button type="button" class="button button-main" disabled={disabled} onClick={onYes}>
          {yes}
        </button>
      )}
    </div>
  );
}
