import type { Clock } from "../../runtime/port.ts";

/** A client that was away longer than this is told that its first request may or may not have been done. */
const KEEP_MS = 5 * 60_000;
const MAX_CLIENTS = 256;
const MAX_ANSWERS = 1_024;

/**
 * Remembers what clients asked for, across their ports: a request that comes again after a reconnect gets the answer of
 * the first one, also while that is still being worked on. Bounded by number and time; oldest go first.
 */
export interface AnswerCache<T> {
  /** The first answer to this request, or that of `perform`, which then runs at once. */
  once(client: string, id: number, perform: () => Promise<T>): Promise<T>;
}

interface Answer<T> {
  readonly at: number;
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
    once(client, id, perform) {
      const answers = answersOf(client);
      const now = clock.now();
      for (const [known, { at }] of answers) {
        if (now - at <= KEEP_MS) break;
        answers.delete(known);
      }
      const first = answers.get(id);
      if (first !== undefined) return first.promise;
      const promise = perform();
      answers.set(id, { at: now, promise });
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
