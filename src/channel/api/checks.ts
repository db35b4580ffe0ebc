import { EPHEMERAL_TYPES, SENT_TYPES } from "../../sds/parameters/message-type.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { ChannelError, type EphemeralRequest, type LogPosition, type SendRequest } from "./channel-client.ts";
import { MAX_CLOCK_CORRECTION_MS, MAX_ID_CHARACTERS, MAX_PAGE, MAX_REQUEST_ID_LENGTH } from "./limits.ts";
import { checkText } from "./text.ts";

/**
 * What may be given to a `ChannelClient`: checked where it is given, in the same thread and on the page's side of a bridge, so
 * that everybody gets the same answer. Programs without types give anything. Each check gives a copy of what it looked at, or
 * throws a `ChannelError` that says what to give; nothing else, whatever comes.
 */

export function checkedSend(request: SendRequest): SendRequest {
  const { requestId, type, text, levelPercent } = fieldsOf(request, "Give a message as { requestId, type, text }.");
  if (!isText(requestId, MAX_REQUEST_ID_LENGTH) || requestId === "") {
    throw invalid(`A request id has 1 to ${MAX_REQUEST_ID_LENGTH} characters.`);
  }
  if (levelPercent !== undefined && !isWithin(levelPercent, 1, 100)) {
    throw invalid("The share of receipts that a message wants is a whole number from 1 to 100.");
  }
  return { requestId, type: oneOf(SENT_TYPES, type, "type of a message"), text: checkText(text), levelPercent };
}

export function checkedEphemeral(request: EphemeralRequest): EphemeralRequest {
  const { type, text } = fieldsOf(request, "Give what is to be said as { type, text }.");
  return { type: oneOf(EPHEMERAL_TYPES, type, "type of what is said in passing"), text: checkText(text) };
}

export function checkedMessageId(id: MessageId): MessageId {
  if (isText(id, MAX_ID_CHARACTERS) && id !== "") return id;
  throw invalid(`Give the id of a message: 1 to ${MAX_ID_CHARACTERS} characters, as the log shows it.`);
}

/** An empty id is before all messages of its Lamport timestamp. */
export function checkedPosition(position: LogPosition): LogPosition {
  const { lamport, id } = fieldsOf(position, "Give a place in the log as { lamport, id }.");
  if (isWithin(lamport, 0, Number.MAX_SAFE_INTEGER) && isText<MessageId>(id, MAX_ID_CHARACTERS)) return { lamport, id };
  throw invalid("Give a place as the log shows it: lamport, a whole number from 0, and the id of a message.");
}

export function checkedPageLimit(limit: number): number {
  if (isWithin(limit, 1, MAX_PAGE)) return limit;
  throw invalid(`A page has 1 to ${MAX_PAGE} entries. Ask for more of them page by page.`);
}

export function checkedCorrection(correctionMs: number): number {
  if (isWithin(correctionMs, -MAX_CLOCK_CORRECTION_MS, MAX_CLOCK_CORRECTION_MS)) return correctionMs;
  const words = "A clock is corrected by a whole number of milliseconds, a day at most.";
  throw invalid(`${words} One that is off by more has to be set right on the device.`);
}

export function checkedSeq(afterSeq: number): number {
  if (isWithin(afterSeq, 0, Number.MAX_SAFE_INTEGER)) return afterSeq;
  throw invalid("Give the seq of a snapshot or of the last event: a whole number from 0.");
}

export function checkedListener<T>(listener: (value: T) => void): (value: T) => void {
  if (typeof listener === "function") return listener;
  throw invalid("Give a function that is to be called.");
}

export function invalid(words: string, cause?: unknown): ChannelError {
  return new ChannelError("invalid", words, { cause });
}

/** The fields of a plain object, read once; `words` say what to give instead of anything else. */
export function fieldsOf(value: unknown, words: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(words);
  try {
    return { ...value };
  } catch (cause) {
    // A getter that throws; over a bridge it would be nothing that can be copied.
    throw invalid(words, cause);
  }
}

export function isText<T extends string = string>(value: unknown, most: number): value is T {
  return typeof value === "string" && value.length <= most;
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most;
}

export function oneOf<T extends string>(allowed: readonly T[], value: unknown, what: string): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw invalid(`The ${what} is one of these: ${allowed.join(", ")}.`);
}
