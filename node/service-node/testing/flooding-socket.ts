import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** What RFC 6455 puts behind the client's key. */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** A WebSocket message is taken whole. */
const CHUNK_BYTES = 1024 * 1024;

export interface FloodingSocket {
  readonly port: number;
  /** WebSockets that were accepted. */
  readonly accepted: number;
  /** Bytes that left, of all of them. */
  readonly sentBytes: number;
  stop(): Promise<void>;
}

/** Accepts WebSockets and sends zeros over them as fast as they are taken, whatever the other side says: no libp2p at all. */
export async function startFloodingSocket(): Promise<FloodingSocket> {
  const sockets = new Set<Duplex>();
  const counts = { accepted: 0, sentBytes: 0 };
  const server = createServer();
  server.on("upgrade", (request, socket) => {
    counts.accepted++;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${MAGIC}`).digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    flood(socket);
  });

  function flood(socket: Duplex): void {
    const frame = binaryFrame(CHUNK_BYTES);
    const send = (): void => {
      if (socket.destroyed) return;
      socket.write(frame, (error) => {
        if (error) return;
        counts.sentBytes += frame.length;
        setImmediate(send);
      });
    };
    send();
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return counts.accepted;
    },
    get sentBytes() {
      return counts.sentBytes;
    },
    stop: () => closed(server, sockets),
  };
}

/** FIN and "binary", a length of eight bytes, unmasked as a server's frames are. */
function binaryFrame(bytes: number): Buffer {
  const frame = Buffer.alloc(10 + bytes);
  frame.writeUInt8(0x82, 0);
  frame.writeUInt8(127, 1);
  frame.writeBigUInt64BE(BigInt(bytes), 2);
  return frame;
}

async function closed(server: Server, sockets: ReadonlySet<Duplex>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
