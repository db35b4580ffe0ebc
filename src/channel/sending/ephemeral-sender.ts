import type { Clock } from "../../runtime/port.ts";
import { tokenAt } from "../../sds/budget/budget.ts";
import type { ChannelState } from "../../sds/channel-state.ts";
import type { StepInput } from "../../sds/io/step-input.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import { ChannelError, type EphemeralRequest } from "../api/channel-client.ts";
import { encodeText } from "../api/text.ts";
import { type Author, composeEphemeral } from "./compose.ts";

const OFFLINE = "You are offline, so nobody would hear it now. Send it again when you are online.";

/** What was said further ahead than this was said by a clock that was set back since: dated behind it, all would be refused. */
const SAME_BURST_MS = 1_000;

export interface EphemeralSenderOptions {
  readonly state: ChannelState;
  readonly author: Author;
  readonly clock: Clock;
  readonly dispatch: (input: StepInput) => Promise<void>;
  /** Rejects when the network does not take it. */
  readonly publish: (bytes: Uint8Array) => Promise<void>;
}

/** Says something to those who are there just now: at once, or not at all. It counts against the network's rate limit. */
export function createEphemeralSender(options: EphemeralSenderOptions): (request: EphemeralRequest) => Promise<void> {
  const { state, author, clock, dispatch, publish } = options;
  /** Two that say the same are two messages: their ids differ by when they were said. */
  let lastSaidAt = 0;

  return async ({ type, text }) => {
    const body = encodeText(text);
    //= protocol: EPHEMERAL-5
    if (!state.clock.connection.online) throw new ChannelError("not-sent", OFFLINE);
    const now = clock.now();
    const roomAt = tokenAt(state, "content");
    if (roomAt > now) throw new ChannelError("not-sent", limitedWords(roomAt - now));
    // In the same turn as the look at the bucket: the step takes the token before anybody else can.
    const taken = dispatch({ kind: "ephemeral-leaves" });
    //= protocol: EPHEMERAL-4
    lastSaidAt = lastSaidAt > now + SAME_BURST_MS ? now : Math.max(now, lastSaidAt + 1);
    const composing = composeEphemeral(author, MESSAGE_TYPE[type], body, lastSaidAt);
    const [bytes] = await Promise.all([composing, taken]);
    await publish(bytes).catch(asNotSent);
  };
}

function limitedWords(waitMs: number): string {
  const seconds = Math.ceil(waitMs / 1_000);
  return `The network's rate limit leaves no room for it now. Send it again in ${seconds} s.`;
}

function asNotSent(error: unknown): never {
  const detail = error instanceof Error ? ` ${error.message}` : "";
  throw new ChannelError("not-sent", `The network did not take it. Send it again.${detail}`, { cause: error });
}
