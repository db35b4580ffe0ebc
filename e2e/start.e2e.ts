import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, test } from "playwright/test";

/** `npm start`, run as its users run it, on free ports. The demo is built by then. */
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const READY = /^Hearback is ready: (\S+)$/gm;

interface Running {
  readonly process: ChildProcess;
  readonly url: string;
  readonly printed: () => string;
}

const started: ChildProcess[] = [];

test.afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
  }
});

function spawnStart(...args: string[]): { process: ChildProcess; printed: () => string } {
  const child = spawn(process.execPath, ["scripts/start.mjs", ...args], { cwd: ROOT });
  started.push(child);
  let text = "";
  const keep = (chunk: Buffer): void => {
    text += chunk;
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  return { process: child, printed: () => text };
}

async function start(...args: string[]): Promise<Running> {
  const running = spawnStart(...args);
  await expect.poll(running.printed, { timeout: 120_000 }).toMatch(/^Hearback is ready: /m);
  const url = [...running.printed().matchAll(READY)][0]?.[1] ?? "";
  return { ...running, url };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** The port in `?node=/ip4/127.0.0.1/tcp/PORT/ws/...` */
const nodePort = (url: string): number => Number(/\/tcp\/(\d+)\//.exec(new URL(url).search)?.[1]);

test("serves the demo beside a service node, and stops both", async () => {
  const running = await start("--port", "0", "--node-port", "0");
  expect([...running.printed().matchAll(READY)]).toHaveLength(1);
  const response = await fetch(running.url);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain("<title>Hearback</title>");
  expect(await answers(nodePort(running.url))).toBe(true);

  const gone = once(running.process, "exit");
  running.process.kill("SIGINT");
  expect(await gone).toEqual([130, null]);
  expect(await answers(nodePort(running.url))).toBe(false);
  expect(await answers(Number(new URL(running.url).port))).toBe(false);
});

test("uses the service node that runs already and the next port, and leaves that node alone", async () => {
  const first = await start("--port", "0", "--node-port", "0");
  const [demoPort, port] = [new URL(first.url).port, nodePort(first.url)];
  const second = await start("--port", demoPort, "--node-port", `${port}`);
  expect(second.printed()).toContain(`Using the service node that already runs on port ${port}`);
  expect(nodePort(second.url)).toBe(port);
  expect(new URL(second.url).port).not.toBe(demoPort);

  const gone = once(second.process, "exit");
  second.process.kill("SIGTERM");
  expect(await gone).toEqual([143, null]);
  expect(await answers(port)).toBe(true);
});

test("stops the service node even when it is killed outright", async () => {
  const running = await start("--port", "0", "--node-port", "0");
  running.process.kill("SIGKILL");
  await expect.poll(() => answers(nodePort(running.url)), { timeout: 10_000 }).toBe(false);
});

test("stops when npm is killed outright", async () => {
  test.skip(process.platform !== "linux", "only Linux tells a process that the one above its parent is gone");
  const npm = spawn("npm", ["start", "--", "--port", "0", "--node-port", "0"], { cwd: ROOT });
  started.push(npm);
  let printed = "";
  npm.stdout.on("data", (chunk: Buffer) => {
    printed += chunk;
  });
  await expect.poll(() => printed, { timeout: 120_000 }).toMatch(/^Hearback is ready: \S+$/m);
  const url = [...printed.matchAll(READY)][0]?.[1] ?? "";
  npm.kill("SIGKILL");
  await expect.poll(() => answers(nodePort(url)), { timeout: 15_000 }).toBe(false);
  // The two ports close one after the other.
  await expect.poll(() => answers(Number(new URL(url).port)), { timeout: 15_000 }).toBe(false);
});

test("says in one line that a port is taken by something else", async () => {
  const stranger = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(stranger, "listening");
  const address = stranger.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port was given");
  try {
    const running = spawnStart("--port", "0", "--node-port", `${address.port}`);
    const [code] = await once(running.process, "exit");
    expect(code).toBe(1);
    expect(running.printed()).toContain(`Port ${address.port} is taken by another program. Stop it and try again.`);
    expect(running.printed()).not.toContain("    at ");
  } finally {
    stranger.close();
  }
});

test("refuses options that it does not know", async () => {
  const running = spawnStart("--smok");
  const [code] = await once(running.process, "exit");
  expect(code).toBe(2);
  expect(running.printed()).toContain("Unknown option '--smok'");
});
