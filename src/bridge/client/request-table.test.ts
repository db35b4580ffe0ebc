import { expect, test } from "vitest";
import { ChannelError } from "../../channel/api/channel-client.ts";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import { asMessageId } from "../../sds/wire/ids.ts";
import { BRIDGE_VERSION, type ClientMessage, MAX_RUNNING } from "../protocol/protocol.ts";
import { CHANNEL, CREATE } from "../testing/test-host.ts";
import { createRequestTable } from "./request-table.ts";

const TIMEOUT_MS = 30_000;
/** Under way at a time. */
const LIMIT = MAX_RUNNING / 2;

type Request = Extract<ClientMessage, { kind: "request" }>;

function bench({ refuse = () => false }: { refuse?: (message: Request) => boolean } = {}) {
  const clock = createVirtualClock(0);
  const posted: Request[] = [];
  const table = createRequestTable({
    clock,
    timeoutMs: TIMEOUT_MS,
    post(message) {
      if (message.kind !== "request") throw new Error(`The table posted a ${message.kind}.`);
      if (refuse(message)) throw new Error("This cannot be cloned.");
      posted.push(message);
    },
  });
  /** How each request settled, by number. */
  const settled = new Map<number, unknown>();
  const watch = (request: Promise<unknown>, number: number) =>
    void request.then(
      (result) => settled.set(number, result),
      (error: unknown) => settled.set(number, error),
    );
  const askMany = (count: number, from = 1) => {
    for (let number = from; number < from + count; number++) watch(table.askHost("channels", {}), number);
  };
  const answer = (id: number, result: unknown = []) =>
    table.onResponse({ v: BRIDGE_VERSION, kind: "response", id, ok: true, result });
  const ids = () => posted.map(({ id }) => id);
  return { clock, posted, ids, table, settled, watch, askMany, answer };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const code = (error: string) => expect.objectContaining({ name: "ChannelError", code: error });

test("no more are under way than the worker takes, and each that settles lets the next go", async () => {
  const refused = new Set<number>();
  const { table, askMany, ids, answer, settled, clock } = bench({ refuse: ({ id }) => refused.has(id) });
  table.resume("run 1");
  askMany(LIMIT + 5);
  expect(ids()).toEqual(upTo(LIMIT));
  answer(3);
  expect(ids()).toEqual(upTo(LIMIT + 1));
  table.onResponse({
    v: BRIDGE_VERSION,
    kind: "response",
    id: 1,
    ok: false,
    error: { code: "storage", message: "Broken." },
  });
  expect(ids()).toEqual(upTo(LIMIT + 2));
  // An answer that cannot be read is one as well; one that cannot be sent takes nobody's place.
  refused.add(LIMIT + 3);
  answer(2, "no list");
  expect(ids()).toEqual([...upTo(LIMIT + 2), LIMIT + 4]);
  await settle();
  expect([...settled]).toEqual([
    [3, []],
    [1, code("storage")],
    [2, code("internal")],
    [LIMIT + 3, code("invalid")],
  ]);
  clock.advance(TIMEOUT_MS);
  await settle();
  expect(settled.size).toBe(LIMIT + 5);
});

test("those that time out let the next go", async () => {
  const { table, askMany, ids, settled, clock } = bench();
  table.resume("run 1");
  askMany(LIMIT);
  clock.advance(TIMEOUT_MS - 1);
  askMany(3, LIMIT + 1);
  expect(ids()).toEqual(upTo(LIMIT));
  await settle();
  expect(settled.size).toBe(0);
  clock.advance(1);
  expect(ids()).toEqual(upTo(LIMIT + 3));
  await settle();
  expect([...settled.keys()]).toEqual(upTo(LIMIT));
});

test("one that timed out before its turn is never asked, and its late answer, or a second one, is nobody's", async () => {
  const { table, askMany, ids, answer, settled, clock } = bench();
  askMany(2);
  clock.advance(TIMEOUT_MS);
  await settle();
  expect([...settled.values()]).toEqual([code("timeout"), code("timeout")]);
  table.resume("run 1");
  askMany(1, 3);
  expect(ids()).toEqual([3]);
  for (const id of [1, 3, 3, 99]) answer(id);
  await settle();
  expect(settled.get(3)).toEqual([]);
  expect(settled.get(1)).toEqual(code("timeout"));
});

test("an answer ends the timer of its request", async () => {
  const { table, askMany, answer, clock } = bench();
  table.resume("run 1");
  askMany(2);
  expect(clock.pending).toBe(2);
  answer(1);
  expect(clock.pending).toBe(1);
  table.fail(new ChannelError("closed", "Closed."));
  expect(clock.pending).toBe(0);
  await settle();
});

test("while paused nothing is asked; then all that is unanswered, in the order of the calls, no more than the limit", () => {
  const { table, askMany, ids, posted, answer } = bench();
  table.resume("run 1");
  askMany(LIMIT + 1);
  answer(2);
  table.pause();
  askMany(1, LIMIT + 2);
  answer(1);
  expect(ids()).toEqual(upTo(LIMIT + 1));
  posted.length = 0;
  table.resume("run 1");
  expect(ids()).toEqual(upTo(LIMIT + 2, 3));
});

test("what is not safe to repeat goes to the same run of the worker again, and to no other", async () => {
  const { table, watch, ids, posted, settled } = bench();
  watch(table.askHost("create", CREATE), 1);
  watch(table.askChannel(CHANNEL, "send", { requestId: "r", type: "chat", text: "hi" }), 2);
  watch(table.askHost("channels", {}), 3);
  // Never given to anybody, it may go to whichever run is the first.
  table.resume("run 1");
  table.pause();
  table.resume("run 1");
  expect(ids()).toEqual([1, 2, 3, 1, 2, 3]);
  expect(posted[1]).toMatchObject({ v: BRIDGE_VERSION, method: "send", channel: CHANNEL, params: { requestId: "r" } });
  posted.length = 0;
  table.resume("run 2");
  expect(ids()).toEqual([2, 3]);
  await settle();
  expect([...settled]).toEqual([[1, code("disconnected")]]);
});

test("a time-out says whether it may have been done", async () => {
  const { table, watch, settled, clock } = bench();
  watch(table.askHost("create", CREATE), 1);
  watch(table.askChannel(CHANNEL, "remove", { id: asMessageId("m") }), 2);
  clock.advance(TIMEOUT_MS);
  await settle();
  expect(String(settled.get(1))).toMatch(/within 30 s. It may have been done/);
  expect(String(settled.get(2))).toMatch(/within 30 s. Try again/);
});

test("the end fails what is asked and what will be, with the same words, and asks nothing any more", async () => {
  const { table, askMany, ids, settled, clock, posted } = bench();
  table.resume("run 1");
  askMany(LIMIT + 1);
  posted.length = 0;
  const over = new ChannelError("disconnected", "Gone.");
  table.fail(over);
  askMany(1, LIMIT + 2);
  table.resume("run 2");
  await settle();
  expect([...settled.values()].every((error) => error === over)).toBe(true);
  expect(settled.size).toBe(LIMIT + 2);
  expect([ids(), clock.pending]).toEqual([[], 0]);
});
