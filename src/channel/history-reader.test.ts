import { expect, test } from "vitest";
import { createVirtualClock } from "../runtime/virtual-clock.ts";
import type { HistoryQuery, Transport } from "../transport/port.ts";
import { createHistoryReader } from "./history-reader.ts";

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** From when on the Store is asked when this is as far as it was read. */
async function askedFrom(cursor: number): Promise<number> {
  const clock = createVirtualClock(NOW);
  const queries: HistoryQuery[] = [];
  const transport: Pick<Transport, "queryHistory"> = {
    queryHistory: async function* (query) {
      queries.push(query);
      yield { frames: [] };
    },
  };
  const reader = createHistoryReader({
    transport: transport as Transport,
    contentTopic: "/topic",
    clock,
    cursor: () => cursor,
    onFrame: async () => {},
    onRead: () => {},
  });
  reader.online();
  await clock.advanceSettled(MINUTE);
  reader.close();
  const [query] = queries;
  if (query?.by !== "time") throw new Error("The Store was not asked for a time.");
  return query.from;
}

test("the Store is read from ten minutes before the cursor, and for a day when there is none", async () => {
  expect(await askedFrom(NOW - HOUR)).toBe(NOW - HOUR - 10 * MINUTE);
  expect(await askedFrom(0)).toBe(NOW - 24 * HOUR);
});

test("a cursor that a wrong clock put into the future is none", async () => {
  expect(await askedFrom(NOW + 5 * MINUTE)).toBe(NOW - 5 * MINUTE);
  expect(await askedFrom(NOW + HOUR)).toBe(NOW - 24 * HOUR);
});
