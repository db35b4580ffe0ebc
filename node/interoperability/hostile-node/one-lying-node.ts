import { proto_lightpush, proto_store } from "@waku/proto";
import { LIGHTPUSH_CODEC, STORE_QUERY_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import type { RequestHandler } from "../../service-node/services/serve-requests.ts";
import { startBadProxy } from "../../service-node/testing/bad-link/bad-proxy.ts";
import { addressesOf, type Bench } from "./bench.ts";
import { missesOf, type Scenario } from "./scenario.ts";
import { SAID, saysFive, textsCome } from "./two-nodes.ts";

/** Keeps nothing, and says so. */
export const emptyStore: RequestHandler = (body) => {
  const { requestId } = proto_store.StoreQueryRequest.decode(body);
  return proto_store.StoreQueryResponse.encode({ requestId, statusCode: 200, statusDesc: "OK", messages: [] });
};

/** Takes what it is given, and hands it to nobody. */
export const takesAll: RequestHandler = (body) => {
  const { requestId } = proto_lightpush.LightPushRequestV3.decode(body);
  return proto_lightpush.LightPushResponseV3.encode({
    requestId,
    statusCode: 200,
    statusDesc: "OK",
    relayPeerCount: 9,
  });
};

async function liar(bench: Bench): Promise<string[]> {
  return addressesOf(await bench.hostile({ [STORE_QUERY_CODEC]: emptyStore, [LIGHTPUSH_CODEC]: takesAll }));
}

export const oneLyingNode: Scenario = {
  name: "one-lying-node",
  misdeed: "One of two service nodes takes everything, pushes nothing, and says that it keeps nothing.",
  mustHold: `All ${SAID} messages that the honest one has come, whichever is asked first.`,
  run: async (bench) => {
    const { multiaddr } = await bench.honest();
    const inviteCode = await saysFive(bench, multiaddr);
    const lying = await liar(bench);
    const bob = await bench.participant("Bob", [...lying, multiaddr], inviteCode);
    const haveFirst = await textsCome(bench, bob);
    // Nobody is there who could repair what the next one does not find.
    await bob.close();
    const cleo = await bench.participant("Cleo", [multiaddr, ...lying], inviteCode);
    return {
      misses: missesOf({
        "they came to who asks the liar first": haveFirst,
        "they came to who asks the honest one first": await textsCome(bench, cleo),
      }),
    };
  },
};

export const anHonestNodeLater: Scenario = {
  name: "an-honest-node-later",
  misdeed: "Only the lying service node is there; the honest one comes online later.",
  mustHold: `All ${SAID} messages come when it does, and the cursor of the liar is no reason not to ask.`,
  run: async (bench) => {
    const { multiaddr, port, peerId } = await bench.honest();
    const inviteCode = await saysFive(bench, multiaddr);
    const proxy = await startBadProxy(port);
    bench.atEnd(() => proxy.stop());
    proxy.stall();
    const away = `/ip4/127.0.0.1/tcp/${proxy.port}/ws/p2p/${peerId}`;
    const bob = await bench.participant("Bob", [...(await liar(bench)), away], inviteCode);
    let connection = "";
    bob.client.watchStatus((status) => {
      connection = status.connection;
    });
    const isOnline = await bench.comesAbout(() => connection === "online");
    const before = (await bob.texts()).length;
    proxy.heal();
    return {
      misses: missesOf({
        "it is online with the liar alone": isOnline,
        "nothing came before": before === 0,
        "they came with the honest one": await textsCome(bench, bob),
      }),
    };
  },
};
