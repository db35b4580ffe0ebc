import type { Connection } from "@libp2p/interface";
import { proto_filter_v2, proto_lightpush } from "@waku/proto";
import { reasonOf } from "../../../src/transport/port.ts";
import { FILTER_PUSH_CODEC, FILTER_SUBSCRIBE_CODEC, LIGHTPUSH_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import { encodeFrame } from "../../../src/transport/waku/wire/length-prefix.ts";
import { pubsubTopicOf } from "../../../src/transport/waku/wire/wire.ts";
import type { RequestHandler } from "../../service-node/services/serve-requests.ts";
import { filterThatAnswers } from "../../service-node/testing/scripted-service-node.ts";
import { addressesOf } from "./bench.ts";
import { missesOf, type Scenario } from "./scenario.ts";

const TOPIC = "/hearback/1/does-not-serve/proto";
const MIB = 1024 * 1024;
const PUSHED_BYTES = 150_000;
/** The budget of pushes, what lies in buffers, and what a slow machine still sends meanwhile. */
const MOST_PUSHED = 120 * MIB;
const frame = { contentTopic: TOPIC, payload: Uint8Array.of(1), version: 1, ephemeral: false, timestamp: 1 } as const;

export const refusesForEver: Scenario = {
  name: "refuses-for-ever",
  misdeed: "It is connected, agrees to push, and refuses every message.",
  mustHold: "The status says so in words while it is online, and no longer when it takes one.",
  run: async (bench) => {
    let statusCode = 429;
    const lightpush: RequestHandler = (body) => {
      const { requestId } = proto_lightpush.LightPushRequestV3.decode(body);
      return proto_lightpush.LightPushResponseV3.encode({ requestId, statusCode, statusDesc: "not today" });
    };
    const transport = bench.connect(addressesOf(await bench.hostile({ [LIGHTPUSH_CODEC]: lightpush })));
    transport.subscribe(TOPIC, () => undefined);
    await bench.comesAbout(() => transport.health().kind === "online");
    const words = (): string => reasonOf(transport.health());
    const before = words();
    for (let time = 0; time < 3; time++) await transport.publish(frame).catch(() => undefined);
    const told = words();
    statusCode = 200;
    await transport.publish(frame);
    return {
      misses: missesOf({
        "nothing is said before": before === "",
        [`the words say what it refused: "${told}"`]: told.includes("429 not today"),
        "it is online all the same": transport.health().kind === "online",
        "nothing is said when it takes one": words() === "",
      }),
    };
  },
};

export const neverAgrees: Scenario = {
  name: "never-agrees-to-push",
  misdeed: "It is connected and never agrees to push.",
  mustHold: "The status says so in words; it is not taken for online.",
  run: async (bench) => {
    const node = await bench.hostile({ [FILTER_SUBSCRIBE_CODEC]: filterThatAnswers(() => 503) });
    const transport = bench.connect(addressesOf(node));
    transport.subscribe(TOPIC, () => undefined);
    const isSaid = await bench.comesAbout(() => reasonOf(transport.health(TOPIC)).includes("did not agree to push"));
    return {
      misses: missesOf({ "it is said": isSaid, "it is not online": transport.health(TOPIC).kind === "connecting" }),
    };
  },
};

export const pushesWithoutEnd: Scenario = {
  name: "pushes-without-end",
  misdeed: `It pushes messages of ${PUSHED_BYTES / 1_000} kB as fast as they are taken.`,
  mustHold: "It is cut off after 32 MiB, left alone with words, and another service node goes on.",
  run: async (bench) => {
    let pushed = 0;
    const flooded = new Set<Connection>();
    const agree = filterThatAnswers(() => 200);
    const filter: RequestHandler = (body, peer, connection) => {
      if (!flooded.has(connection)) {
        flooded.add(connection);
        void flood(connection, () => {
          pushed += PUSHED_BYTES;
        });
      }
      return agree(body, peer, connection);
    };
    const { multiaddr } = await bench.honest();
    const flooding = addressesOf(await bench.hostile({ [FILTER_SUBSCRIBE_CODEC]: filter }));
    const transport = bench.connect([...flooding, multiaddr]);
    const heard: number[] = [];
    transport.subscribe(TOPIC, ({ payload }) => {
      if (payload.length === 1) heard.push(payload[0] ?? 0);
    });
    const isLeft = await bench.comesAbout(() => reasonOf(transport.health()).includes("left alone for some minutes"));
    const isOnline = await bench.comesAbout(() => transport.health().kind === "online");
    await transport.publish({ ...frame, timestamp: Date.now() });
    const goesOn = await bench.comesAbout(() => heard.length > 0);
    return {
      misses: missesOf({
        "it is left alone, and said so": isLeft,
        "the other one is there": isOnline,
        "messages come over the other one": goesOn,
        [`it pushed ${Math.round(pushed / MIB)} MiB at most`]: pushed < MOST_PUSHED,
        "it was dialled once": flooded.size === 1,
      }),
      measured: { pushedMib: Math.round(pushed / MIB) },
    };
  },
};

/** Until the connection ends. */
async function flood(connection: Connection, onSent: () => void): Promise<void> {
  const pubsubTopic = pubsubTopicOf(TOPIC, { clusterId: 42, shards: 8 });
  let number = 0;
  async function* pushes(): AsyncGenerator<Uint8Array> {
    while (connection.status === "open") {
      const payload = new Uint8Array(PUSHED_BYTES);
      new DataView(payload.buffer).setUint32(0, number++);
      const wakuMessage = { payload, contentTopic: TOPIC, version: 1, timestamp: BigInt(Date.now()) * 1_000_000n };
      yield encodeFrame(proto_filter_v2.MessagePush.encode({ pubsubTopic, wakuMessage }));
      onSent();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  try {
    const stream = await connection.newStream(FILTER_PUSH_CODEC);
    await stream.sink(pushes());
  } catch {
    // It was cut off, which is what it is for.
  }
}
