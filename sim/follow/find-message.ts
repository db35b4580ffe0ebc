import type { MessageId } from "../../src/sds/wire/ids.ts";
import type { Truths } from "../core/invariants/truth.ts";

/** A message that was said in a world. */
export interface SaidMessage {
  /** 1, 2, 3 ... in the order in which they were composed. */
  readonly number: number;
  readonly id: MessageId;
  /** Index of the member, or of the liar. */
  readonly author: number;
  /** Milliseconds since the world began. */
  readonly at: number;
}

export function messagesOf(truths: Truths): SaidMessage[] {
  return [...truths].map(([id, { author, at }], index) => ({ number: index + 1, id, author, at }));
}

/** By `#N` the N-th, else by the beginning of its id. All that are meant: none or several are for the caller to refuse. */
export function findMessages(messages: readonly SaidMessage[], wanted: string): SaidMessage[] {
  const number = /^#([1-9]\d*)$/.exec(wanted)?.[1];
  if (number !== undefined) return messages.filter((message) => message.number === Number(number));
  return messages.filter(({ id }) => id.startsWith(wanted.toLowerCase()));
}

export function listLine({ number, id, author, at }: SaidMessage): string {
  return `${`#${number}`.padStart(5)}  ${id.slice(0, 8)}  ${`m${author}`.padStart(3)}  ${(at / 1_000).toFixed(3).padStart(11)}`;
}
