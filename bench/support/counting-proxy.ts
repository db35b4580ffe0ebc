import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Bytes that TCP carried, all that WebSocket, noise and multiplexing add among them. */
export interface WireBytes {
  readonly fromClients: number;
  readonly toClients: number;
}

/** Stands between clients and a server on this machine, and counts what passes. */
export interface CountingProxy {
  readonly port: number;
  /** Since it was started. */
  bytes(): WireBytes;
  close(): Promise<void>;
}

/** Each connection to it becomes one to `port` on the loopback. */
export async function startCountingProxy(port: number): Promise<CountingProxy> {
  const sockets = new Set<Socket>();
  let fromClients = 0;
  let toClients = 0;

  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: "127.0.0.1", port, noDelay: true });
    client.on("data", (chunk) => {
      fromClients += chunk.length;
    });
    upstream.on("data", (chunk) => {
      toClients += chunk.length;
    });
    join(client, upstream);
    join(upstream, client);
  });

  /** The end of one is the end of the other. */
  function join(socket: Socket, other: Socket): void {
    sockets.add(socket);
    socket.pipe(other);
    socket.on("error", () => other.destroy());
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => ({ fromClients, toClients }),
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, "close");
    },
  };
}
