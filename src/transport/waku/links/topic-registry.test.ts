import type { IDecodedMessage, IDecoder } from "@waku/interfaces";
import { expect, test } from "vitest";
import { createTopicRegistry } from "./topic-registry.ts";

const A = "/hearback/1/a/proto";
const B = "/hearback/1/b/proto";
const C = "/hearback/1/c/proto";
const [ONE, TWO] = ["/waku/2/rs/42/1", "/waku/2/rs/42/2"];

type Decoders = IDecoder<IDecodedMessage> | readonly IDecoder<IDecodedMessage>[];

/** A registry on an SDK's filter that answers when told to. */
function bench() {
  const asked: string[] = [];
  const open: { end: () => void; fail: () => void }[] = [];
  let changes = 0;
  const request = (kind: string, decoders: Decoders): Promise<boolean> => {
    const topics = [decoders].flat() as readonly IDecoder<IDecodedMessage>[];
    asked.push(`${kind} ${topics.map(({ contentTopic, pubsubTopic }) => `${contentTopic}@${pubsubTopic.at(-1)}`)}`);
    return new Promise((resolve, reject) =>
      open.push({ end: () => resolve(true), fail: () => reject(new Error("no node")) }),
    );
  };
  const registry = createTopicRegistry({ onMessage: () => undefined, onChange: () => changes++ });
  const filter = {
    subscribe: (decoders: Decoders) => request("subscribe", decoders),
    unsubscribe: (decoders: Decoders) => request("unsubscribe", decoders),
  };
  /** Ends the request under way. */
  const next = async (how: "end" | "fail" = "end"): Promise<void> => {
    open.shift()?.[how]();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { registry, filter, asked, next, open, changes: () => changes };
}

test("nothing is registered before the start; then all of one pubsub topic together, and one request at a time", async () => {
  const { registry, filter, asked, next, changes } = bench();
  registry.want(A, ONE);
  registry.want(B, TWO);
  registry.want(C, ONE);
  expect([asked, registry.isKnown(A), registry.isRegistered(A)]).toEqual([[], true, false]);
  registry.start(filter);
  expect(asked).toEqual([`subscribe ${A}@1,${C}@1`]);
  await next();
  expect([registry.isRegistered(A), registry.isRegistered(C), registry.isRegistered(B)]).toEqual([true, true, false]);
  expect([asked.slice(1), changes()]).toEqual([[`subscribe ${B}@2`], 1]);
  await next();
  expect([registry.isRegistered(B), changes(), asked.length]).toEqual([true, 2, 2]);
});

test("what comes to be wanted right after the start is registered; while a request is under way it waits for its end", async () => {
  const { registry, filter, asked, next } = bench();
  registry.start(filter);
  registry.want(A, ONE);
  registry.want(B, ONE);
  expect(asked).toEqual([`subscribe ${A}@1`]);
  await next();
  expect(asked.slice(1)).toEqual([`subscribe ${B}@1`]);
});

test("a topic whose request failed is registered all the same: links see to it that a service node will agree", async () => {
  const { registry, filter, next, changes } = bench();
  registry.start(filter);
  registry.want(A, ONE);
  await next("fail");
  expect([registry.isRegistered(A), changes()]).toEqual([true, 1]);
});

test("a topic that is dropped is known until the SDK has ended it, even if that fails", async () => {
  const { registry, filter, asked, next } = bench();
  registry.start(filter);
  registry.want(A, ONE);
  await next();
  registry.drop(A);
  expect([asked.at(-1), registry.isKnown(A)]).toEqual([`unsubscribe ${A}@1`, true]);
  await next("fail");
  expect([registry.isKnown(A), registry.isRegistered(A)]).toEqual([false, false]);
});

test("a topic that is dropped while it is being registered is ended afterwards, and wanted again is registered anew", async () => {
  const { registry, filter, asked, next } = bench();
  registry.start(filter);
  registry.want(A, ONE);
  registry.drop(A);
  await next();
  registry.want(A, ONE);
  await next();
  await next();
  expect(asked).toEqual([`subscribe ${A}@1`, `unsubscribe ${A}@1`, `subscribe ${A}@1`]);
  expect(registry.isRegistered(A)).toBe(true);
});

test("after the stop nothing is wanted and nothing is asked", async () => {
  const { registry, filter, asked, next, open } = bench();
  registry.start(filter);
  registry.want(A, ONE);
  registry.want(B, TWO);
  registry.stop();
  await next();
  expect([asked.length, open.length, registry.wanted.size]).toEqual([1, 0, 0]);
});
