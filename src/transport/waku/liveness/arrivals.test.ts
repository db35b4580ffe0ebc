import type { Connection, MultiaddrConnection } from "@libp2p/interface";
import { expect, test } from "vitest";
import { createArrivals } from "./arrivals.ts";

test("each piece that comes over a socket counts for the connection that it became, from the beginning on", async () => {
  let now = 1_000;
  const arrivals = createArrivals({ now: () => now });
  const socket = {
    source: (async function* () {
      yield "one";
      yield "two";
    })(),
  } as unknown as MultiaddrConnection;
  const [connection, other] = [{} as Connection, {} as Connection];
  arrivals.watch(socket)(connection);
  expect([arrivals.lastOver(connection), arrivals.lastOver(other)]).toEqual([1_000, undefined]);
  const seen: unknown[] = [];
  for (const at of [5_000, 9_000]) {
    now = at;
    seen.push((await socket.source.next()).value, arrivals.lastOver(connection));
  }
  expect(seen).toEqual(["one", 5_000, "two", 9_000]);
});
