import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";

/** A TCP proxy that can turn into a black hole, as a captive portal or a NAT that forgot its connections does. */
export interface SwallowingProxy {
  readonly port: number;
  /** How many bytes went to the client, chunk by chunk, over each connection so far. */
  readonly chunks: readonly (readonly number[])[];
  /** Connections that were accepted and whose client has not closed them. */
  readonly open: number;
  /** Connections over which nothing passes any more. */
  readonly swallowed: number;
  /** Connections accepted from now on take this many bytes to the client, then nothing passes in either direction. */
  swallowAfter(bytesToClient: number): void;
  /** From now on nothing passes over the open connections, not even their end. */
  swallowOpen(): void;
  /** From now on connections are accepted as they should be; what was swallowed stays so. */
  heal(): void;
  /** Ends every connection, as a network that changes does. */
  cut(): void;
  stop(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly chunks: number[];
  /** Bytes to the client that may still pass; `undefined` when swallowed. */
  left: number | undefined;
}

/** Listens on a free port of this machine and passes all on to `targetPort`. */
export async function startSwallowingProxy(targetPort: number): Promise<SwallowingProxy> {
  const links: Link[] = [];
  let allowance = Number.POSITIVE_INFINITY;
  const listener = createServer((client) => {
    links.push(join(client, createConnection(targetPort, "127.0.0.1"), allowance));
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    get chunks() {
      return links.map((link) => link.chunks);
    },
    get open() {
      return links.filter(({ client }) => !client.destroyed).length;
    },
    get swallowed() {
      return links.filter(({ left }) => left === undefined).length;
    },
    swallowAfter: (bytes) => {
      allowance = bytes;
    },
    swallowOpen: () => {
      for (const link of links) {
        link.left = undefined;
      }
    },
    heal: () => {
      allowance = Number.POSITIVE_INFINITY;
    },
    cut: () => {
      for (const { client } of links) {
        client.destroy();
      }
    },
    stop: async () => {
      for (const { client, server } of links) {
        client.destroy();
        server.destroy();
      }
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

function join(client: Socket, server: Socket, allowance: number): Link {
  const link: Link = { client, server, chunks: [], left: allowance > 0 ? allowance : undefined };
  client.on("data", (data) => link.left !== undefined && server.write(data));
  client.on("close", () => link.left !== undefined && server.destroy());
  server.on("data", (data: Buffer) => {
    link.chunks.push(data.length);
    if (link.left !== undefined) {
      client.write(data.subarray(0, link.left));
      link.left = data.length < link.left ? link.left - data.length : undefined;
    }
  });
  server.on("close", () => link.left !== undefined && client.destroy());
  for (const socket of [client, server]) {
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
  }
  return link;
}
