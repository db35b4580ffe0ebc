import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ChannelStatus } from "../../channel/api/channel-client.ts";
import { useStrings } from "../strings/strings-context.ts";
import { ClockBar, type ClockBarProps } from "./clock-bar.tsx";

/** Connecting is normal for a moment; explained only when it takes longer. */
const EXPLAIN_CONNECTING_AFTER_MS = 2_000;
/** A service node that was lost is there again in a second or two, and another one does its part meanwhile. */
const EXPLAIN_TROUBLE_AFTER_MS = 5_000;

/** The connection in one word and one shape; always there. */
export function ConnectionState({ status }: { readonly status: ChannelStatus }): JSX.Element {
  const strings = useStrings().connection;
  const words = status.connection === "online" ? strings.online(status.peers) : strings[status.connection];
  return (
    <span class="connection" data-connection={status.connection}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        <circle class="connection-ring" cx="6" cy="6" r="4.75" pathLength={24} />
        {status.connection === "online" ? <path class="connection-tick" d="M3.9 6.2 5.4 7.7 8.2 4.4" /> : null}
      </svg>
      {words}
    </span>
  );
}

/** What is wrong and what to do, in plain words; nothing while all is well. */
export function ConnectionBar({ client, status }: ClockBarProps): JSX.Element {
  const strings = useStrings().connection;
  const reason = sentence(status.reason);
  const slow = useSlow(status.connection === "connecting", EXPLAIN_CONNECTING_AFTER_MS);
  const troubled = useSlow(status.connection === "online" && reason !== "", EXPLAIN_TROUBLE_AFTER_MS);
  const help = {
    online: troubled ? strings.troubleHelp(reason) : "",
    connecting: slow ? (reason === "" ? strings.connectingHelp : strings.troubleHelp(reason)) : "",
    checking: strings.checkingHelp,
    offline: strings.offlineHelp(reason),
    closed: "",
  }[status.connection];
  const trouble = status.storageProblem !== "" || status.mistake || status.connection === "closed";
  return (
    <div class="bars">
      <div role="alert">
        {status.storageProblem === "" ? null : (
          <p class="bar bar-bad">{strings.storageProblem(status.storageProblem)}</p>
        )}
        {status.mistake ? <p class="bar bar-bad">{strings.mistake}</p> : null}
        {status.connection === "closed" ? <p class="bar bar-bad">{strings.closedHelp}</p> : null}
      </div>
      <div role="status">
        {trouble || help === "" ? null : (
          <p class="bar bar-attention">
            {help} {status.waiting > 0 ? strings.waiting(status.waiting) : ""}
          </p>
        )}
        {trouble ? null : <ClockBar client={client} status={status} />}
        {status.embargoed === 0 ? null : <p class="bar bar-attention">{strings.early(status.embargoed)}</p>}
      </div>
    </div>
  );
}

/** Whether it has been so for so many milliseconds. */
function useSlow(waiting: boolean, afterMs: number): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setSlow(true), afterMs);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [waiting, afterMs]);
  return slow;
}

/** Reasons come from below as parts of a sentence. */
function sentence(text: string): string {
  const trimmed = text.trim();
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return begun === "" || /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
