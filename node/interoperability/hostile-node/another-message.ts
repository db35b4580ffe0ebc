import { proto_store } from "@waku/proto";
import { STORE_QUERY_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import type { RequestHandler } from "../../service-node/services/serve-requests.ts";
import { addressesOf } from "./bench.ts";
import { missesOf, type Scenario } from "./scenario.ts";

const TOPIC = "/hearback/1/another-message/proto";

/** Gives for any hash the same message, and says that it has that hash. */
const sameForAll: RequestHandler = (body) => {
  const { requestId, messageHashes } = proto_store.StoreQueryRequest.decode(body);
  const message = { payload: Uint8Array.of(7), contentTopic: TOPIC, version: 1, timestamp: 1_000_000n };
  const messages = messageHashes.map((messageHash) => ({ messageHash, message, pubsubTopic: "" }));
  return proto_store.StoreQueryResponse.encode({ requestId, statusCode: 200, statusDesc: "OK", messages });
};

export const anotherMessage: Scenario = {
  name: "another-message",
  misdeed: "Asked for a message by its hash, it gives another one of the topic under that hash.",
  mustHold: "That is not taken for the one that was asked for, and the next service node, which has it, is asked.",
  run: async (bench) => {
    const { multiaddr } = await bench.honest();
    const liar = addressesOf(await bench.hostile({ [STORE_QUERY_CODEC]: sameForAll }));
    const transport = bench.connect([...liar, multiaddr]);
    const alone = bench.connect(liar);
    for (const each of [transport, alone]) each.subscribe(TOPIC, () => undefined);
    await bench.comesAbout(() => {
      const health = transport.health();
      return health.kind === "online" && health.peers === 2 && alone.health().kind === "online";
    });
    const frame = {
      contentTopic: TOPIC,
      payload: Uint8Array.of(1),
      version: 1,
      ephemeral: false,
      timestamp: Date.now(),
    } as const;
    const { hash } = await transport.publish(frame);
    const unknown = new Uint8Array(32).fill(9);
    const found = async (from: typeof transport, hashes: readonly Uint8Array[]): Promise<string[]> => {
      const payloads: string[] = [];
      for await (const { frames } of from.queryHistory({ contentTopic: TOPIC, by: "hash", hashes })) {
        payloads.push(...frames.map(({ payload }) => String(payload)));
      }
      return payloads;
    };
    const both = await found(transport, [unknown, hash]);
    const lie = await found(alone, [unknown]);
    return {
      misses: missesOf({
        [`the message is had of the honest one: ${both}`]: both.length === 1 && both[0] === "1",
        "the liar's is not taken": lie.length === 0,
      }),
    };
  },
};
