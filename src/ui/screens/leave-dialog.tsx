import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { leaveProblem } from "../strings/error-words.ts";
import { useStrings } from "../strings/strings-context.ts";
import { Dialog } from "../widgets/dialog.tsx";

export interface LeaveDialogProps {
  readonly channelName: string;
  readonly onLeave: () => Promise<void>;
  readonly onClose: () => void;
}

/** Leaving cannot be undone, so it is asked for once more, with what it means. */
export function LeaveDialog({ channelName, onLeave, onClose }: LeaveDialogProps): JSX.Element {
  const strings = useStrings();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const leave = async (): Promise<void> => {
    setBusy(true);
    try {
      await onLeave();
    } catch (error) {
      setBusy(false);
      setProblem(leaveProblem(error, strings));
    }
  };
  return (
    <Dialog title={strings.channel.leaveTitle(channelName)} shape="box" onClose={onClose}>
      <p>{strings.channel.leaveText}</p>
      {problem === "" ? null : (
        <p class="note note-bad" role="alert">
          {problem}
        </p>
      )}
      <div class="actions actions-end">
        <button type="button" class="secondary" onClick={onClose}>
          {strings.common.cancel}
        </button>
        <button type="button" class="danger" disabled={busy} onClick={() => void leave()}>
          {strings.channel.leaveConfirm}
        </button>
      </div>
    </Dialog>
  );
}
