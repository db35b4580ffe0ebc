import type { IDecodedMessage, IDecoder } from "@waku/interfaces";
import { expect, test } from "vitest";
import { createFakeFilter } from "../testing/fake-filter.ts";
import { createFakeLibp2p } from "../testing/fake-libp2p.ts";
import { createFilterBook } from "./filter-book.ts";
import { createSubscriptionKeeper } from "./subscription-keeper.ts";
import { createTopicRegistry } from "./topic-registry.ts";

const TOPIC = "/hearback/1/a/proto";
const PUBSUB = "/waku/2/rs/42/0";

/** A topic that is wanted and registered, and a service node that is connected. */
async function bench() {
  const fake = createFakeLibp2p(() => 0);
  const service = createFakeFilter(() => 0);
  const book = createFilterBook({ libp2p: fake.libp2p, filter: service.filter, onChange: () => undefined });
  const topics = createTopicRegistry({ onMessage: () => undefined, onChange: () => undefined });
  let endUnsubscribe = (): void => undefined;
  topics.want(TOPIC, PUBSUB);
  topics.start({
    subscribe: async (_decoders: IDecoder<IDecodedMessage> | IDecoder<IDecodedMessage>[]) => true,
    unsubscribe: () =>
      new Promise<boolean>((resolve) => {
        endUnsubscribe = () => resolve(true);
      }),
  });
  await settled();
  const keeper = createSubscriptionKeeper({ filter: service.filter, book, topics });
  const kinds = () => service.asked.map(({ kind }) => kind);
  return {
    ...{ service, topics, keeper, kinds },
    peer: fake.connect().remotePeer,
    endUnsubscribe: () => endUnsubscribe(),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("what the SDK is just subscribing is not asked for a second time", async () => {
  const { service, keeper, kinds, peer } = await bench();
  let agree = (): void => undefined;
  service.answer = () =>
    new Promise((resolve) => {
      agree = () => resolve("agreed");
    });
  void service.filter.subscribe(PUBSUB, peer, [TOPIC]);
  const done = keeper.reconcile(peer);
  await settled();
  agree();
  await done;
  expect([kinds(), keeper.holdsAll(peer)]).toEqual([["subscribe"], true]);
});

test("a topic that is not wanted any more is ended by the SDK while it is at it, and by us if that was in vain", async () => {
  const { topics, keeper, kinds, peer, endUnsubscribe } = await bench();
  await keeper.reconcile(peer);
  topics.drop(TOPIC);
  await keeper.reconcile(peer);
  expect(kinds()).toEqual(["subscribe"]);
  endUnsubscribe();
  await settled();
  await keeper.reconcile(peer);
  expect(kinds()).toEqual(["subscribe", "unsubscribe"]);
});
