import { LAMPORT_EMBARGO_MS } from "../../sds/parameters/parameters.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import type { EphemeralView } from "../api/channel-client.ts";

export interface EphemeralGate {
  /** Handed on, or why not: `again` is the network's repetition, `old` may be a replay by anybody. */
  judge(message: EphemeralView, now: number): "new" | "again" | "old";
}

/** Ids remembered so that a repetition is not handed on twice: more than a group says while the network may repeat itself. */
const REMEMBERED = 512;

/** Nothing of an ephemeral message is kept, so what is signed long ago cannot be told from what was said just now. */
export function createEphemeralGate(): EphemeralGate {
  const seen = new Set<MessageId>();
  return {
    judge({ id, composedAt }, now) {
      //= protocol: EPHEMERAL-3
      if (composedAt !== null && Math.abs(now - composedAt) > LAMPORT_EMBARGO_MS) return "old";
      //= protocol: EPHEMERAL-2
      if (seen.has(id)) return "again";
      seen.add(id);
      const [oldest] = seen;
      if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
      return "new";
    },
  };
}
