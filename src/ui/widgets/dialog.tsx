import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useStrings } from "../strings/strings-context.ts";

export interface DialogProps {
  readonly title: string;
  /** panel: a sheet at the right edge. box: in the middle. */
  readonly shape: "panel" | "box";
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A modal dialog of the platform: it traps the focus, closes at once on Escape and gives the focus back. */
export function Dialog({ title, shape, onClose, children }: DialogProps): JSX.Element {
  const strings = useStrings();
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const pressedOutside = useRef(false);
  const isTold = useRef(false);
  /** Once, as the platform tells of closing twice, the second time when another dialog may be open. */
  const tell = (): void => {
    if (isTold.current) return;
    isTold.current = true;
    onClose();
  };
  const close = (): void => {
    element.current?.close();
    tell();
  };
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      // Taken out of the page while open, so the platform does not give the focus back.
      if (dialog?.open === true && before instanceof HTMLElement) {
        queueMicrotask(() => before.focus({ preventScroll: true }));
      }
    };
  }, []);
  return (
    // Escape closes it by keyboard; a click on the backdrop is the pointer's way.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <dialog
      ref={element}
      class={`dialog dialog-${shape}`}
      aria-labelledby={titleId}
      // The platform closes it next. It does so without asking where Escape comes twice, and then only tells afterwards.
      onCancel={tell}
      onClose={tell}
      onPointerDown={(event) => {
        pressedOutside.current = event.target === event.currentTarget;
      }}
      onClick={(event) => {
        // Text that is selected inside may be let go of outside; that is no click on the backdrop.
        if (event.target === event.currentTarget && pressedOutside.current) close();
      }}
    >
      <div class="dialog-inner">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="icon-button" aria-label={strings.common.close} onClick={close}>
            <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
              <path class="icon-stroke" d="M3.5 3.5 12.5 12.5M12.5 3.5 3.5 12.5" />
            </svg>
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
