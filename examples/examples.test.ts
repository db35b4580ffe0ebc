import "../node/polyfills.ts";
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import { startServiceNode } from "../node/service-node/service-node.ts";
import { createChannelHost, createMemoryStorage, createWakuTransport } from "../src/index.ts";

/** Starting a program takes seconds on a machine that does other things as well. */
vi.setConfig({ testTimeout: 180_000 });

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

interface Program {
  readonly output: () => string;
  readonly child: ChildProcess;
  /** Its exit code, when it has ended by itself or by a signal. */
  readonly ended: Promise<number | null>;
  /** Resolves once it has printed this. */
  readonly said: (words: string) => Promise<void>;
}

/** What Node 20 lacks and libp2p calls. */
const POLYFILLS = new URL("../node/polyfills.ts", import.meta.url).href;

function run(name: string, ...args: string[]): Program {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", "--import", POLYFILLS, file, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  closings.push(() => child.kill("SIGKILL"));
  let output = "";
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (output += part.toString()));
  const said = async (words: string) => {
    await vi.waitUntil(() => output.includes(words) || child.exitCode !== null, { timeout: 80_000 });
    expect(output).toContain(words);
  };
  return { output: () => output, child, ended, said };
}

test("two-participants.ts: each reads what the other said", async () => {
  const program = run("two-participants.ts");
  expect(await program.ended).toBe(0);
  expect(program.output()).toBe("Bob reads: Hello Bob\nAlice reads: Hello Alice\n");
});

test("who-received.ts: the receivers are named, each on their own word", async () => {
  const program = run("who-received.ts");
  expect(await program.ended).toBe(0);
  const lines = program.output().trimEnd().split("\n");
  expect(lines.slice(-3, -2)).toEqual(["everyone: 2 of 2 (Bob, Cleo)"]);
  expect(lines.slice(-2).sort()).toEqual(["Bob has it: a sync, listed", "Cleo has it: a sync, listed"]);
});

test("echo-bot.ts: answers over a service node, and ends tidily", async () => {
  const service = await startServiceNode({ port: 0, clusterId: 42, shards: 8 });
  closings.push(() => service.stop());
  const host = createChannelHost({
    storage: createMemoryStorage(),
    openTransport: (network) => createWakuTransport({ network }),
  });
  closings.push(() => host.close());
  const multiaddrs = [service.multiaddr];
  const request = { name: "Bots", displayName: "Ada", profile: "community", multiaddrs, parameters: {} } as const;
  const { id, inviteCode } = await host.create(request);
  const channel = host.open(id);
  const heard: string[] = [];
  channel.subscribe(0, (event) => {
    if (event.kind !== "entry" || event.entry.kind !== "message" || event.entry.mine) return;
    heard.push(event.entry.text);
  });
  await channel.send({ requestId: "before", type: "chat", text: "Said before it came" });

  const bot = run("echo-bot.ts", inviteCode);
  await bot.said('Echo listens in "Bots"');
  await channel.send({ requestId: "question", type: "chat", text: "Is anybody there?" });
  await vi.waitUntil(() => heard.includes("I heard: Is anybody there?"), { timeout: 80_000 });
  await channel.send({ requestId: "thanks", type: "chat", text: "Thanks" });
  await vi.waitUntil(() => heard.includes("I heard: Thanks"), { timeout: 80_000 });
  // Its name, and one answer to each of two: nothing to what was said before it came.
  expect(heard).toEqual(["Echo", "I heard: Is anybody there?", "I heard: Thanks"]);

  bot.child.kill("SIGTERM");
  expect(await bot.ended).toBe(0);
});

test("echo-bot.ts: says how it is used", async () => {
  const bot = run("echo-bot.ts");
  expect(await bot.ended).toBe(2);
  expect(bot.output()).toContain("Usage: npx tsx examples/echo-bot.ts INVITE");
});
