import type { Clock } from "../../runtime/port.ts";
import { murmur3 } from "../../sds/filter/murmur3.ts";

/** A client that was away longer than this is told that its first request may or may not have been done. */
const KEEP_MS = 5 * 60_000;
const MAX_CLIENTS = 256;
const MAX_ANSWERS = 1_024;

/**
 * Remembers what clients asked for, across their ports: a request that comes again after a reconnect gets the answer of
 * the first one, also while that is still being worked on. Bounded by number and time; oldest go first.
 */
export interface AnswerCache<T> {
  /**
   * The first answer to this request, or that of `perform`, which then runs at once. Null when the client asked something
   * else under this id: nothing is done then.
   * @param content what is asked for, as text: only a hash of it is kept, which tells a mistake and need not stop a forger
   */
  once(client: string, id: number, content: string, perform: () => Promise<T>): Promise<T> | null;
}

interface Answer<T> {
  readonly at: number;
  readonly hash: number;
  readonly promise: Promise<T>;
}

export function createAnswerCache<T>(clock: Pick<Clock, "now">): AnswerCache<T> {
  const clients = new Map<string, Map<number, Answer<T>>>();

  /** Re-inserted, so that the map's order is from the longest silent client to the last heard. */
  function answersOf(client: string): Map<number, Answer<T>> {
    const answers = clients.get(client) ?? new Map<number, Answer<T>>();
    clients.delete(client);
    clients.set(client, answers);
    dropOldest(clients, MAX_CLIENTS);
    return answers;
  }

  return {
    once(client, id, content, perform) {
      const answers = answersOf(client);
      const now = clock.now();
      for (const [known, { at }] of answers) {
        if (now - at <= KEEP_MS) break;
        answers.delete(known);
      }
      const hash = murmur3(content);
      const first = answers.get(id);
      if (first !== undefined) return first.hash === hash ? first.promise : null;
      const promise = perform();
      answers.set(id, { at: now, hash, promise });
      dropOldest(answers, MAX_ANSWERS);
      return promise;
    },
  };
}

function dropOldest<K, V>(map: Map<K, V>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) return;
    map.delete(key);
  }
}
