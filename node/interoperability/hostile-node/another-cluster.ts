import { METADATA_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import { metadataHandler } from "../../service-node/services/metadata.ts";
import { addressesOf } from "./bench.ts";
import { missesOf, type Scenario } from "./scenario.ts";

const LOOK_MS = 8_000;
const TOPIC = "/hearback/1/hostile-cluster/proto";

export const anotherCluster: Scenario = {
  name: "another-cluster",
  misdeed: "Its metadata names another cluster, by an honest mistake perhaps.",
  mustHold: "It is dialled once in half a minute at most, whoever wants to publish, and the status says what is wrong.",
  run: async (bench) => {
    const node = await bench.hostile({ [METADATA_CODEC]: metadataHandler(7, 8) });
    let connections = 0;
    node.addEventListener("connection:open", () => connections++);
    const transport = bench.connect(addressesOf(node));
    transport.subscribe(TOPIC, () => undefined);
    await bench.comesAbout(() => transport.health().kind === "offline");
    const frame = {
      contentTopic: TOPIC,
      payload: Uint8Array.of(1),
      version: 1,
      ephemeral: false,
      timestamp: 1,
    } as const;
    const deadline = Date.now() + LOOK_MS;
    while (Date.now() < deadline) {
      await transport.publish(frame).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const health = transport.health();
    const words = health.kind === "offline" ? health.reason : "";
    return {
      misses: missesOf({
        [`it was dialled once, not ${connections} times`]: connections === 1,
        [`the words say what is wrong: "${words}"`]: words.includes("Waku cluster 7, not 42"),
      }),
      measured: { connections, lookMs: LOOK_MS },
    };
  },
};
