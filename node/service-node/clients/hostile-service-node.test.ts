import "../../polyfills.ts";
import type { Libp2p } from "@libp2p/interface";
import { proto_lightpush, proto_metadata, proto_store } from "@waku/proto";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { OutboundFrame, Transport } from "../../../src/transport/port.ts";
import { createWakuTransport } from "../../../src/transport/waku/waku-transport.ts";
import { LIGHTPUSH_CODEC, METADATA_CODEC, STORE_QUERY_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import { encodeFrame, readFrames } from "../../../src/transport/waku/wire/length-prefix.ts";
import type { RequestHandler } from "../services/serve-requests.ts";
import { startScriptedServiceNode } from "../testing/scripted-service-node.ts";

const TOPIC = "/hearback/1/hostile-node-test/proto";
const MIB = 1024 * 1024;
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

async function connectTo(...nodes: Libp2p[]): Promise<Transport> {
  for (const libp2p of nodes) cleanups.push(async () => libp2p.stop());
  const multiaddrs = nodes.flatMap((libp2p) => libp2p.getMultiaddrs().map(String));
  const transport = createWakuTransport({ network: { clusterId: 42, shards: 8, multiaddrs } });
  cleanups.push(() => transport.close());
  const online = { kind: "online", peers: nodes.length };
  await expect.poll(() => transport.health(), { timeout: 10_000, interval: 5 }).toEqual(online);
  return transport;
}

async function readHistory(transport: Transport): Promise<void> {
  for await (const _page of transport.queryHistory({ contentTopic: TOPIC, by: "time", from: 0, to: 9 })) {
    // Only the end of it is of interest.
  }
}

function answerOf(requestId: string, statusCode: number, messages: proto_store.WakuMessageKeyValue[]): Uint8Array {
  return proto_store.StoreQueryResponse.encode({ requestId, statusCode, statusDesc: "", messages });
}

/** Sends this for as long as the other side lets it, and counts the bytes that went out. */
function endless(chunk: Uint8Array) {
  const sent = { bytes: 0 };
  async function* source() {
    while (sent.bytes < 300 * MIB) {
      sent.bytes += chunk.length;
      yield chunk;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  return { sent, source };
}

describe("a service node", () => {
  test("that we are connected to for a day still keeps messages, and takes them", async () => {
    const libp2p = await startScriptedServiceNode({
      [STORE_QUERY_CODEC]: (body) => {
        const { requestId } = proto_store.StoreQueryRequest.decode(body);
        return proto_store.StoreQueryResponse.encode({ requestId, statusCode: 200, messages: [] });
      },
      [LIGHTPUSH_CODEC]: (body) => {
        const { requestId } = proto_lightpush.LightPushRequestV3.decode(body);
        return proto_lightpush.LightPushResponseV3.encode({ requestId, statusCode: 200 });
      },
    });
    const transport = await connectTo(libp2p);
    const realNow = Date.now;
    const frame: OutboundFrame = {
      ...{ contentTopic: TOPIC, payload: Uint8Array.of(1), version: 1, ephemeral: false, timestamp: 1 },
    };
    for (let hour = 0; hour < 24; hour++) {
      vi.spyOn(Date, "now").mockImplementation(() => realNow() + hour * 60 * 60_000);
      await readHistory(transport);
      await transport.publish(frame);
    }
  });

  test("whose answer never ends is not listened to for long", async () => {
    const { sent, source } = endless(encodeFrame(new Uint8Array(MIB)));
    const libp2p = await startScriptedServiceNode({ [STORE_QUERY_CODEC]: () => new Uint8Array() });
    await libp2p.unhandle(STORE_QUERY_CODEC);
    await libp2p.handle(STORE_QUERY_CODEC, ({ stream }) => {
      void stream.sink(source()).catch(() => undefined);
    });
    const transport = await connectTo(libp2p);
    await expect(readHistory(transport)).rejects.toMatchObject({ name: "TransportError", code: "rejected" });
    expect(sent.bytes).toBeLessThan(32 * MIB);
  }, 60_000);

  test("whose Store breaks off each time does not keep us from the Store of another one", async () => {
    const message = { payload: Uint8Array.of(1), contentTopic: TOPIC, version: 1, timestamp: 5_000_000n };
    const storeThat = (breaksOff: boolean): RequestHandler => {
      return (body) => {
        const { requestId, paginationCursor } = proto_store.StoreQueryRequest.decode(body);
        if (paginationCursor !== undefined) return answerOf(requestId, breaksOff ? 500 : 200, []);
        return answerOf(requestId, 200, [{ messageHash: new Uint8Array(32), message }]);
      };
    };
    const [bad, good] = [
      await startScriptedServiceNode({ [STORE_QUERY_CODEC]: storeThat(true) }),
      await startScriptedServiceNode({ [STORE_QUERY_CODEC]: storeThat(false) }),
    ];
    const transport = await connectTo(bad, good);
    await expect(readHistory(transport)).rejects.toMatchObject({ code: "no-store" });
    await readHistory(transport);
  });

  test("that asks us for metadata is answered, and the stream ends", async () => {
    const libp2p = await startScriptedServiceNode({});
    await connectTo(libp2p);
    const [connection] = libp2p.getConnections();
    if (connection === undefined) throw new Error("nobody is connected");
    const stream = await connection.newStream(METADATA_CODEC);
    await stream.sink([encodeFrame(proto_metadata.WakuMetadataRequest.encode({ clusterId: 42, shards: [0] }))]);
    const answers: Uint8Array[] = [];
    for await (const body of readFrames(stream.source, MIB)) answers.push(body);
    expect(answers.map((body) => proto_metadata.WakuMetadataResponse.decode(body).clusterId)).toEqual([42]);
    await expect.poll(() => stream.status).toBe("closed");
  });

  test("that asks us for metadata without an end is not listened to for long", async () => {
    const { sent, source } = endless(encodeFrame(new Uint8Array(MIB)));
    const libp2p = await startScriptedServiceNode({});
    await connectTo(libp2p);
    const [connection] = libp2p.getConnections();
    const stream = await connection?.newStream(METADATA_CODEC);
    await stream?.sink(source()).catch(() => undefined);
    expect(sent.bytes).toBeLessThan(32 * MIB);
  }, 60_000);
});
