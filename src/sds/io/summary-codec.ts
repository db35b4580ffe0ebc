import { hashBytesOf, hashHexOf } from "../wire/hash-bytes.ts";
import { asMessageId, type MessageId } from "../wire/ids.ts";
import { ProtobufWriter } from "../wire/protobuf.ts";
import { readUtf8, utf8Bytes } from "../wire/utf8.ts";
import type { AttemptMade, FirstWord, MessageSummary } from "./message-summary.ts";

/**
 * Summaries as they are stored: a few bytes for each word, since there is one for each participant and message. A sequence of
 * varints; ids that are hashes are their 32 bytes, all other text is UTF-8 behind its length.
 */
const HASH_BYTES = 32;
const OUTCOMES: readonly AttemptMade["outcome"][] = ["pending", "taken", "failed"];

export function encodeSummaries(summaries: readonly MessageSummary[]): Uint8Array {
  const out = new ProtobufWriter();
  for (const summary of summaries) {
    writeId(out, summary.id);
    writeWords(out, summary.words);
    writeAttempts(out, summary.attempts);
  }
  return out.finish();
}

/** Empty when it cannot be read: then the details of these messages are lost, and nothing else. */
export function decodeSummaries(bytes: Uint8Array): MessageSummary[] {
  const input = new Input(bytes);
  const summaries: MessageSummary[] = [];
  try {
    while (!input.isAtEnd())
      summaries.push({ id: readId(input), words: readWords(input), attempts: readAttempts(input) });
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
  return summaries;
}

function writeId(out: ProtobufWriter, id: MessageId): void {
  const hash = hashBytesOf(id);
  if (hash === null) writeText(out, id, 1);
  else out.varint(0).raw(hash);
}

function readId(input: Input): MessageId {
  const length = input.varint();
  if (length > 0) return asMessageId(input.text(length - 1));
  return asMessageId(hashHexOf(input.bytes(HASH_BYTES)));
}

/** Times after the first are differences: words come within seconds of each other, and may come out of order. */
function writeWords(out: ProtobufWriter, words: readonly FirstWord[]): void {
  out.varint(words.length);
  let before = 0;
  for (const { participant, by, how, signed, at: exact } of words) {
    const at = Math.round(exact);
    const flags = (by === "sync" ? 1 : 0) + (how === "ancestry" ? 2 : 0) + (signed ? 4 : 0);
    out.varint(participant * 8 + flags).varint(zigzag(at - before));
    before = at;
  }
}

function readWords(input: Input): FirstWord[] {
  const words: FirstWord[] = [];
  let at = 0;
  for (let left = input.varint(); left > 0; left--) {
    const packed = input.varint();
    at += unzigzag(input.varint());
    words.push({
      participant: Math.floor(packed / 8),
      by: packed % 2 === 1 ? "sync" : "content",
      how: packed % 4 >= 2 ? "ancestry" : "listed",
      signed: packed % 8 >= 4,
      at,
    });
  }
  return words;
}

function writeAttempts(out: ProtobufWriter, attempts: readonly AttemptMade[]): void {
  out.varint(attempts.length);
  let before = 0;
  for (const { attempt, at: exact, outcome, reason } of attempts) {
    const at = Math.round(exact);
    out.varint(attempt * OUTCOMES.length + OUTCOMES.indexOf(outcome)).varint(zigzag(at - before));
    writeText(out, reason, 0);
    before = at;
  }
}

function readAttempts(input: Input): AttemptMade[] {
  const attempts: AttemptMade[] = [];
  let at = 0;
  for (let left = input.varint(); left > 0; left--) {
    const packed = input.varint();
    at += unzigzag(input.varint());
    const outcome = OUTCOMES[packed % OUTCOMES.length] ?? "pending";
    attempts.push({ attempt: Math.floor(packed / OUTCOMES.length), at, outcome, reason: input.text(input.varint()) });
  }
  return attempts;
}

function writeText(out: ProtobufWriter, text: string, more: number): void {
  const bytes = utf8Bytes(text);
  out.varint(bytes.length + more).raw(bytes);
}

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (value: number): number => (value % 2 === 1 ? -(value + 1) / 2 : value / 2);

/** Throws `RangeError` where the bytes end too early, or a number is none that was written here. */
class Input {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("A summary ends too early");
      value += (byte & 0x7f) * scale;
      if (!Number.isSafeInteger(value)) throw new RangeError("A number in a summary is too large");
      if (byte < 0x80) return value;
    }
  }

  bytes(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new RangeError("A summary ends too early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(length: number): string {
    const bytes = this.bytes(length);
    const text = readUtf8(bytes, 0, length);
    if (text === null) throw new RangeError("Text in a summary is no text");
    return text;
  }
}
