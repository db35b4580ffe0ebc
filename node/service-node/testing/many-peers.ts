import "../../polyfills.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { proto_filter_v2 } from "@waku/proto";
import { FILTER_SUBSCRIBE_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import { pubsubTopicOf } from "../../../src/transport/waku/wire/wire.ts";
import { type RawClient, rawClient } from "./raw-client.ts";

const HELP = `npx tsx node/service-node/testing/many-peers.ts MULTIADDR COUNT [SECONDS]
So many peers connect, each subscribes to one topic; they stay for so long (10 by default) and leave. Prints a line for each step.`;

const TOPIC = "/hearback/1/many-peers/proto";
const AT_ONCE = 10;

const [address, count, seconds = "10"] = process.argv.slice(2);
if (address === undefined || !(Number(count) > 0)) {
  console.error(HELP);
  process.exit(2);
}

const { filterSubscribeType, ...rest } = {
  filterSubscribeType: proto_filter_v2.FilterSubscribeRequest.FilterSubscribeType.SUBSCRIBE,
  ...{ requestId: "many", pubsubTopic: pubsubTopicOf(TOPIC, { clusterId: 42, shards: 8 }), contentTopics: [TOPIC] },
};
const body = proto_filter_v2.FilterSubscribeRequest.encode({ filterSubscribeType, ...rest });

const clients: RawClient[] = [];
let failed = 0;
while (clients.length + failed < Number(count)) {
  const some = Array.from({ length: Math.min(AT_ONCE, Number(count) - clients.length - failed) }, async () => {
    const client = await rawClient(address);
    await client.request(FILTER_SUBSCRIBE_CODEC, body);
    return client;
  });
  for (const outcome of await Promise.allSettled(some)) {
    if (outcome.status === "fulfilled") clients.push(outcome.value);
    else failed += 1;
  }
}
console.log(`connected ${clients.length}, refused ${failed}`);
await sleep(Number(seconds) * 1_000);
await Promise.all(clients.map((client) => client.stop()));
console.log("left");
