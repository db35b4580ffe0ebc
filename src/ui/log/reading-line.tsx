import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ChannelStore } from "../model/channel-store.ts";
import { useStrings } from "../strings/strings-context.ts";

/** A short history is read before anybody could have read a line about it. */
const SHOWN_AFTER_MS = 400;
/** Of a Store that gives no newest page, so much has to have come before it is worth a line. */
const WORTH_A_LINE = 100;

/**
 * How much of the history has come, over the list, so that nothing moves. What changes is for the eye; read out is that it is being
 * read, and when that stands still.
 */
export function ReadingLine({ store }: { readonly store: ChannelStore }): JSX.Element {
  const { reading, connection } = store.status.value;
  const strings = useStrings().list;
  const isWorthALine = reading !== null && (store.previewing.value || reading.messages >= WORTH_A_LINE);
  const shown = useAfter(isWorthALine, SHOWN_AFTER_MS);
  const waiting = reading?.waiting === true || connection === "offline" || connection === "connecting";
  return (
    <>
      <div class="visually-hidden" role="status">
        {shown ? (waiting ? strings.readingWaits : strings.readingBegins) : ""}
      </div>
      {shown && reading !== null ? (
        <p class="reading-line" data-waiting={waiting ? "true" : "false"} aria-hidden="true">
          {waiting ? strings.readingStopped(reading.messages) : strings.reading(reading.messages)}
        </p>
      ) : null}
    </>
  );
}

/** True once it has held for so long, and no longer than it holds. */
function useAfter(holds: boolean, ms: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    if (!holds) return;
    const timer = setTimeout(() => setPassed(true), ms);
    return () => {
      clearTimeout(timer);
      setPassed(false);
    };
  }, [holds, ms]);
  return holds && passed;
}
