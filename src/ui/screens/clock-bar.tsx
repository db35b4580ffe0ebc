import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ChannelClient, ChannelStatus } from "../../channel/api/channel-client.ts";
import { errorWords } from "../strings/error-words.ts";
import { useStrings } from "../strings/strings-context.ts";
import { clockWords } from "./clock-words.ts";

const TICK_MS = 1_000;

export interface ClockBarProps {
  readonly client: Pick<ChannelClient, "correctClock">;
  readonly status: ChannelStatus;
}

/** Asks a person about the channel's clock, and says what they answered as long as it holds. */
export function ClockBar({ client, status }: ClockBarProps): JSX.Element | null {
  const strings = useStrings();
  const isShown = status.clockCorrectionMs !== 0 || status.clockSuggestionMs !== null;
  const now = useNow(isShown);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const words = clockWords(status, now, strings);
  if (words === null) return null;
  const { kind, text, correctTo } = words;
  const isCorrected = status.clockCorrectionMs !== 0;
  const answer = (correctionMs: number): void => {
    setBusy(true);
    setProblem("");
    client
      .correctClock(correctionMs)
      .catch((error: unknown) => setProblem(errorWords(error, strings)))
      .finally(() => setBusy(false));
  };
  return (
    <div class={`bar bar-actions clock-bar ${kind === "question" ? "bar-attention" : "bar-quiet"}`}>
      <div>
        {/* Said when it appears; the times in it go on, which nobody wants to hear. */}
        <p aria-live="off">{text}</p>
        {problem === "" ? null : <p role="alert">{problem}</p>}
      </div>
      <div class="bar-buttons">
        {correctTo === null ? null : (
          <button type="button" class="secondary" disabled={busy} onClick={() => answer(correctTo)}>
            {strings.clock.correct}
          </button>
        )}
        {kind === "note" ? null : (
          <button type="button" class="quiet" disabled={busy} onClick={() => answer(status.clockCorrectionMs)}>
            {strings.clock.keep}
          </button>
        )}
        {isCorrected ? (
          <button type="button" class="quiet" disabled={busy} onClick={() => answer(0)}>
            {strings.clock.useDevice}
          </button>
        ) : null}
      </div>
    </div>
  );
}

/** By this device's clock, as long as somebody looks at it. */
function useNow(isShown: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isShown) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [isShown]);
  return now;
}
