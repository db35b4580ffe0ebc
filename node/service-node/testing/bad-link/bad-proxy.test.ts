import { type AddressInfo, createConnection, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BadProxy, startBadProxy } from "./bad-proxy.ts";

/** One end of a connection, with all that came over it. */
interface End {
  readonly socket: Socket;
  text: string;
  ended: "" | "end" | "reset";
}

let server: Server;
let proxy: BadProxy;
const atServer: End[] = [];

function endOf(socket: Socket): End {
  const end: End = { socket, text: "", ended: "" };
  socket.on("data", (data) => {
    end.text += data.toString();
  });
  socket.on("error", (error) => {
    if ((error as NodeJS.ErrnoException).code === "ECONNRESET") end.ended = "reset";
  });
  socket.on("close", () => {
    end.ended ||= "end";
  });
  return end;
}

beforeEach(async () => {
  server = createServer((socket) => atServer.push(endOf(socket)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy = await startBadProxy((server.address() as AddressInfo).port);
});

afterEach(async () => {
  await proxy.stop();
  for (const { socket } of atServer.splice(0)) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** A connection through the proxy, both ends of it. */
async function connect(): Promise<{ readonly client: End; readonly far: End }> {
  const before = atServer.length;
  const client = endOf(createConnection(proxy.port, "127.0.0.1"));
  await until(() => atServer.length > before);
  return { client, far: atServer.at(-1) as End };
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 5_000, interval: 1 }).toBe(true);
}

/** All that was said before has come when this has, over a connection that nothing is wrong with. */
async function roundTrip(): Promise<void> {
  const { client, far } = await connect();
  client.socket.write("?");
  await until(() => far.text === "?");
  far.socket.write("!");
  await until(() => client.text === "!");
  client.socket.destroy();
  await until(() => far.ended !== "");
}

test("passes on what is said and how it ends, and counts the bytes", async () => {
  const { client, far } = await connect();
  client.socket.write("hello");
  await until(() => far.text === "hello");
  far.socket.write("hi");
  await until(() => client.text === "hi");
  expect(proxy.passed).toEqual({ toClient: 2, toServer: 5 });
  expect([proxy.chunks, proxy.segments]).toEqual([[[2]], { toClient: 1, toServer: 1 }]);
  expect(proxy.open).toBe(1);
  far.socket.end();
  far.socket.destroy();
  await until(() => client.ended === "end");
  expect(proxy.open).toBe(0);
});

test("a stall of one direction holds back all and its order, the end too, until it heals; also over new connections", async () => {
  const { client, far } = await connect();
  proxy.stall("toClient");
  const later = await connect();
  for (const end of [far, later.far]) {
    end.socket.write("one");
    end.socket.end("two");
  }
  client.socket.write("ping");
  await until(() => far.text === "ping" && proxy.chunks.every((chunks) => chunks.length > 0));
  expect([client.text, client.ended]).toEqual(["", ""]);
  proxy.heal();
  await until(() => client.ended === "end" && later.client.ended === "end");
  expect([client.text, later.client.text]).toEqual(["onetwo", "onetwo"]);
});

test("a delay lets all through later, in order, and can be taken back", async () => {
  const { client, far } = await connect();
  proxy.delay(60, "toClient");
  const startedAt = performance.now();
  far.socket.write("slow");
  await until(() => proxy.chunks[0]?.length === 1);
  proxy.delay(0);
  far.socket.write("fast");
  await until(() => client.text === "slowfast");
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(60);
});

test("what is swallowed stays so, its end as well; a new connection is as it should be", async () => {
  const { client, far } = await connect();
  proxy.swallowOpen("toServer");
  expect(proxy.swallowed).toBe(0);
  client.socket.write("lost");
  far.socket.write("heard");
  await until(() => client.text === "heard");
  proxy.swallowOpen();
  expect(proxy.swallowed).toBe(1);
  proxy.heal();
  far.socket.write("lost");
  client.socket.destroy();
  await roundTrip();
  expect([client.text, far.text, far.ended]).toEqual(["heard", "", ""]);
});

test("swallows after so many bytes to the client, then both directions", async () => {
  proxy.swallowAfter(3);
  const { client, far } = await connect();
  client.socket.write("before");
  await until(() => far.text === "before");
  far.socket.write("12345");
  await until(() => client.text === "123");
  expect(proxy.swallowed).toBe(1);
  client.socket.write("after");
  proxy.heal();
  await roundTrip();
  expect(far.text).toBe("before");
  proxy.swallowAfter(0);
  const dead = await connect();
  dead.client.socket.write("x");
  expect(proxy.swallowed).toBe(2);
});

test("a change of network ends the client's side only; a cut ends both, a reset at once and rudely", async () => {
  const moved = await connect();
  proxy.changeNetwork();
  await until(() => moved.client.ended !== "");
  const cut = await connect();
  proxy.cut();
  await until(() => cut.client.ended === "end" && cut.far.ended === "end");
  expect(moved.far.ended).toBe("");
  const reset = await connect();
  proxy.reset();
  await until(() => reset.client.ended !== "" && reset.far.ended !== "");
  expect([reset.client.ended, reset.far.ended]).toEqual(["reset", "reset"]);
});
