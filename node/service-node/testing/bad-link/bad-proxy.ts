import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { createPipe, type Pipe } from "./pipe.ts";

/** As the client sees it. */
export type Direction = "toClient" | "toServer";

/** A TCP proxy that does on command what bad networks do. Without `directions` a command is about both. */
export interface BadProxy {
  readonly port: number;
  /** Lengths of the chunks for the client, connection by connection. */
  readonly chunks: readonly (readonly number[])[];
  /** Bytes that went through, over all connections so far. */
  readonly passed: Readonly<Record<Direction, number>>;
  /** The same in chunks, which are TCP segments where the sender waits between them. */
  readonly segments: Readonly<Record<Direction, number>>;
  /** Connections that were accepted so far. */
  readonly accepted: number;
  /** Connections whose client has not closed them. */
  readonly open: number;
  /** Connections over which nothing passes any more in either direction. */
  readonly swallowed: number;
  /** From now on all takes this much longer, over connections that are to come too. 0: as fast as it goes. */
  delay(ms: number, ...directions: Direction[]): void;
  /** Nothing passes until `heal`, over connections that are to come neither; then all comes at once, in order. */
  stall(...directions: Direction[]): void;
  /** From now on nothing passes over the open connections, not even their end, and never will: a half-open link. */
  swallowOpen(...directions: Direction[]): void;
  /** Connections accepted from now on take this many bytes to the client, then nothing passes in either direction. */
  swallowAfter(bytesToClient: number): void;
  /** Ends stalls, and accepts connections as they should be; what was swallowed stays so. */
  heal(): void;
  /** The client's side of each connection ends, and the server hears of it where the connection was not swallowed. */
  cut(): void;
  /** The client changes its network: its connections end, and the server is told nothing, now or later. */
  changeNetwork(): void;
  /** Ends both sides of each connection with a TCP reset. */
  reset(): void;
  stop(): Promise<void>;
}

interface Link extends Readonly<Record<Direction, Pipe>> {
  readonly client: Socket;
  readonly server: Socket;
}

const BOTH: readonly Direction[] = ["toClient", "toServer"];

/** Listens on a free port of this machine and passes all on to `targetPort`. */
export async function startBadProxy(targetPort: number): Promise<BadProxy> {
  const links: Link[] = [];
  const delays: Record<Direction, number> = { toClient: 0, toServer: 0 };
  const stalled = new Set<Direction>();
  let allowance = Number.POSITIVE_INFINITY;

  function accept(client: Socket): void {
    const link = join(client, createConnection(targetPort, "127.0.0.1"));
    links.push(link);
    for (const direction of BOTH) {
      link[direction].delay(delays[direction]);
      if (stalled.has(direction)) link[direction].stall();
    }
    if (allowance <= 0) swallow(link, BOTH);
    else if (allowance < Number.POSITIVE_INFINITY) swallowLater(link, allowance);
  }

  const listener = createServer(accept);
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));

  const swallowOpen = (...directions: Direction[]): void => {
    for (const link of links) swallow(link, either(directions));
  };
  const cut = (): void => {
    for (const { client } of links) client.destroy();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    get chunks() {
      return links.map(({ toClient }) => toClient.chunks);
    },
    get passed() {
      const sum = (direction: Direction) => links.reduce((total, link) => total + link[direction].passed, 0);
      return { toClient: sum("toClient"), toServer: sum("toServer") };
    },
    get segments() {
      const sum = (direction: Direction) => links.reduce((total, link) => total + link[direction].chunks.length, 0);
      return { toClient: sum("toClient"), toServer: sum("toServer") };
    },
    get accepted() {
      return links.length;
    },
    get open() {
      return links.filter(({ client }) => !client.destroyed).length;
    },
    get swallowed() {
      return links.filter((link) => BOTH.every((direction) => link[direction].isSwallowing)).length;
    },
    delay: (ms, ...directions) => {
      for (const direction of either(directions)) {
        delays[direction] = ms;
        for (const link of links) link[direction].delay(ms);
      }
    },
    stall: (...directions) => {
      for (const direction of either(directions)) {
        stalled.add(direction);
        for (const link of links) link[direction].stall();
      }
    },
    swallowOpen,
    swallowAfter: (bytes) => {
      allowance = bytes;
    },
    heal: () => {
      allowance = Number.POSITIVE_INFINITY;
      stalled.clear();
      for (const link of links) for (const direction of BOTH) link[direction].flow();
    },
    cut,
    changeNetwork: () => {
      swallowOpen();
      cut();
    },
    reset: () => {
      for (const { client, server } of links) {
        client.resetAndDestroy();
        server.resetAndDestroy();
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

function join(client: Socket, server: Socket): Link {
  for (const socket of [client, server]) {
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
  }
  return { client, server, toClient: createPipe(server, client), toServer: createPipe(client, server) };
}

function either(directions: readonly Direction[]): readonly Direction[] {
  return directions.length === 0 ? BOTH : directions;
}

function swallow(link: Link, directions: readonly Direction[]): void {
  for (const direction of directions) link[direction].swallowAfter(0);
}

/** After so many bytes to the client the other direction is closed as well. */
function swallowLater(link: Link, bytes: number): void {
  link.toClient.swallowAfter(bytes, () => link.toServer.swallowAfter(0));
}
