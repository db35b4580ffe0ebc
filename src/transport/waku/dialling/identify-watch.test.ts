import type { Connection } from "@libp2p/interface";
import { expect, test } from "vitest";
import { createVirtualClock } from "../../../runtime/virtual-clock.ts";
import { createFakeLibp2p } from "../testing/fake-libp2p.ts";
import { createIdentifyWatch } from "./identify-watch.ts";

const LIMIT_MS = 9_000;

function bench() {
  const clock = createVirtualClock(0);
  const fake = createFakeLibp2p(() => clock.now());
  const watch = createIdentifyWatch({ libp2p: fake.libp2p, limitMs: LIMIT_MS, clock });
  const quiet = fake.listeners();
  const told: string[] = [];
  const ask = (connection: Connection): void =>
    void watch.identify(connection).then(
      () => told.push("identified"),
      (error: Error) => told.push(error.message),
    );
  return { clock, fake, told, ask, leftOver: () => fake.listeners() - quiet + clock.pending };
}

test("whom libp2p has asked already is known at once", async () => {
  const { clock, fake, told, ask, leftOver } = bench();
  const connection = fake.connect();
  fake.identify(connection);
  ask(connection);
  await clock.advanceSettled(0);
  expect([told, leftOver()]).toEqual([["identified"], 0]);
});

test("of others the answer is waited for, and nobody else's counts", async () => {
  const { clock, fake, told, ask, leftOver } = bench();
  const [connection, other] = [fake.connect(), fake.connect("another")];
  ask(connection);
  fake.identify(other);
  await other.close();
  await clock.advanceSettled(LIMIT_MS - 1);
  expect(told).toEqual([]);
  fake.identify(connection);
  await clock.advanceSettled(LIMIT_MS);
  expect([told, connection.status, leftOver()]).toEqual([["identified"], "open", 0]);
});

test("whoever does not answer in time is done with: the connection ends, since libp2p asks once", async () => {
  const { clock, fake, told, ask, leftOver } = bench();
  const connection = fake.connect();
  ask(connection);
  await clock.advanceSettled(LIMIT_MS - 1);
  expect(connection.status).toBe("open");
  await clock.advanceSettled(1);
  expect([told, connection.status, leftOver()]).toEqual([
    ["the service node does not say what it offers; use another one"],
    "closed",
    0,
  ]);
});

test("a connection that ends first says so, and one that comes after it is asked anew", async () => {
  const { clock, fake, told, ask, leftOver } = bench();
  const connection = fake.connect();
  ask(connection);
  await connection.close();
  await clock.advanceSettled(0);
  expect([told, leftOver()]).toEqual([["the connection to the service node was lost; trying again"], 0]);
  fake.identify(connection);
  await fake.connect().close();
  const next = fake.connect();
  ask(next);
  await clock.advanceSettled(LIMIT_MS - 1);
  expect(told).toHaveLength(1);
});
