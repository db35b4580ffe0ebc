import type { Connection } from "@libp2p/interface";
import { expect, test } from "vitest";
import { createFakeFilter, type FilterAnswer } from "../testing/fake-filter.ts";
import { createFakeLibp2p } from "../testing/fake-libp2p.ts";
import { createFilterBook } from "./filter-book.ts";

const [A, B] = ["/hearback/1/a/proto", "/hearback/1/b/proto"];
const PUBSUB = "/waku/2/rs/42/0";

function bench() {
  const fake = createFakeLibp2p(() => 0);
  const service = createFakeFilter(() => 0);
  let changes = 0;
  const book = createFilterBook({ libp2p: fake.libp2p, filter: service.filter, onChange: () => changes++ });
  const peer = fake.connect().remotePeer;
  const subscribe = (...topics: string[]) => service.filter.subscribe(PUBSUB, peer, topics);
  /** The next requests are answered when told to. */
  const hold = (): ((answer: FilterAnswer) => void) => {
    let end = (_answer: FilterAnswer): void => {};
    const answer = new Promise<FilterAnswer>((resolve) => {
      end = resolve;
    });
    service.answer = () => answer;
    return (given) => end(given);
  };
  return {
    fake,
    service,
    book,
    peer,
    subscribe,
    hold,
    held: () => [...book.held(peer).keys()],
    changes: () => changes,
  };
}

test("what a service node agreed to is held until it is ended, whoever asked; what it refused is not", async () => {
  const { service, peer, subscribe, held } = bench();
  await subscribe(A, B);
  service.answer = () => "refused";
  await subscribe("/hearback/1/c/proto");
  expect(held()).toEqual([A, B]);
  // A service node may have ended it though it does not say so.
  await service.filter.unsubscribe(PUBSUB, peer, [A]);
  expect(held()).toEqual([B]);
  await service.filter.unsubscribeAll(PUBSUB, peer);
  expect(held()).toEqual([]);
});

test("a request that rejects inside the SDK is a failure like others, and each request tells of a change", async () => {
  const { service, subscribe, held, changes } = bench();
  service.answer = () => new Error("SDK");
  const before = changes();
  expect(await subscribe(A)).toMatchObject({ success: null, failure: { error: expect.anything() } });
  expect([held(), changes() - before]).toEqual([[], 1]);
});

test("a new connection to a service node holds nothing, nor does a late answer over an earlier one", async () => {
  const { fake, subscribe, held, hold } = bench();
  await subscribe(A);
  fake.connect("another");
  expect(held()).toEqual([A]);
  const end = hold();
  const late = subscribe(B);
  fake.connect();
  expect(held()).toEqual([]);
  end("agreed");
  await late;
  expect(held()).toEqual([]);
});

test("the end of a connection ends what was agreed over it", async () => {
  const { fake, subscribe, held } = bench();
  const connection: Connection = fake.connect();
  await subscribe(A);
  await connection.close();
  expect(held()).toEqual([]);
});

test("a service node that has forgotten, or does not answer, holds nothing; which of the two is told", async () => {
  const { service, book, peer, subscribe, held } = bench();
  await subscribe(A);
  expect([await book.check(peer), held()]).toEqual(["holds", [A]]);
  service.answer = () => "refused";
  expect([await book.check(peer), held()]).toEqual(["forgotten", []]);
  service.answer = () => "silent";
  expect(await book.check(peer)).toBe("unanswered");
});

test("all is settled when no request is under way, those included that came meanwhile", async () => {
  const { book, peer, subscribe, hold } = bench();
  const told: string[] = [];
  const endFirst = hold();
  void subscribe(A);
  void book.settled(peer).then(() => told.push("settled"));
  void book.idle().then(() => told.push("idle"));
  const endSecond = hold();
  void subscribe(B);
  endFirst("agreed");
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual(["idle"]);
  endSecond("silent");
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual(["idle", "settled"]);
});
