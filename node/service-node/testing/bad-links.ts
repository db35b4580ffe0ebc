import "../../polyfills.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Transport } from "../../../src/transport/port.ts";
import { createWakuTransport } from "../../../src/transport/waku/waku-transport.ts";
import { type ServiceNode, startServiceNode } from "../service-node.ts";
import { type BadProxy, startBadProxy } from "./bad-link/bad-proxy.ts";
import { startDeafServiceNode } from "./deaf-service-node.ts";
import { participant } from "./participants.ts";

const HELP = `npx tsx node/service-node/testing/bad-links.ts [--only deaf,half-open,stall,reread,idle] [--idle-minutes N]
Real clients and a real service node on bad links. Prints a line for each row of the table "Bad links" in docs/reliability.md; fails if
a row is not what it must be.`;

const TOPIC = "/hearback/1/bad-links/proto";
const MINUTE = 60_000;
/** Of TCP and IPv4, with timestamps. */
const HEADER_BYTES = 52;
/** What may be lost to a machine that is busy. */
const SLACK_MS = 4_000;

type Row = (idleMinutes: number) => Promise<boolean>;

const network = (multiaddr: string) => ({ clusterId: 42, shards: 8, multiaddrs: [multiaddr] });
const behind = (multiaddr: string, proxy: BadProxy) => multiaddr.replace(/tcp\/\d+/, `tcp/${proxy.port}`);
const rule = { port: 0, clusterId: 42, shards: 8 } as const;

async function until(condition: () => boolean, ms = 3 * MINUTE): Promise<number> {
  const startedAt = performance.now();
  while (!condition()) {
    if (performance.now() - startedAt > ms) throw new Error(`not reached in ${ms} ms: ${condition}`);
    await sleep(10);
  }
  return performance.now() - startedAt;
}

function open(node: ServiceNode, proxy: BadProxy, isAttended = true): Transport {
  const transport = createWakuTransport({
    network: network(behind(node.multiaddr, proxy)),
    isAttended: () => isAttended,
  });
  transport.subscribe(TOPIC, () => undefined);
  return transport;
}

const kindOf = (transport: Transport): string => transport.health().kind;

/** A word a second for half a minute after the listener changed its network, at a node that pushes where it pushed before. */
async function deaf(): Promise<boolean> {
  const words = 30;
  const { libp2p } = await startDeafServiceNode();
  const direct = libp2p.getMultiaddrs().map(String)[0] ?? "";
  const proxy = await startBadProxy(Number(/tcp\/(\d+)/.exec(direct)?.[1]));
  const ada = await participant("Ada", [direct]);
  const bob = await participant("Bob", [behind(direct, proxy)], ada.inviteCode);
  await ada.say("hello");
  await bob.has("hello", MINUTE);
  proxy.changeNetwork();
  await sleep(2_000);
  const said = new Map<string, number>();
  const late: number[] = [];
  const stop = bob.client.subscribe(0, (event) => {
    if (event.kind !== "entry" || event.entry.kind !== "message") return;
    const saidAt = said.get(event.entry.text);
    if (saidAt !== undefined && said.delete(event.entry.text)) late.push(performance.now() - saidAt);
  });
  for (let word = 0; word < words; word++) {
    said.set(`word ${word}`, performance.now());
    await ada.say(`word ${word}`);
    await sleep(1_000);
  }
  await until(() => late.length === words);
  stop();
  await Promise.all([ada.close(), bob.close()]);
  await Promise.all([libp2p.stop(), proxy.stop()]);
  late.sort((left, right) => left - right);
  const over = late.filter((ms) => ms > 3_500).length;
  console.log(
    `deaf: ${words} words, p50 ${ms(late[words / 2])}, worst ${ms(late.at(-1))}, more than 3.5 s late: ${over}`,
  );
  return (late.at(-1) ?? 0) < 3_000 + SLACK_MS;
}

/** Nothing comes any more, and nobody says so. */
async function halfOpen(): Promise<boolean> {
  const node = await startServiceNode(rule);
  let worst = 0;
  for (let turn = 0; turn < 3; turn++) {
    const proxy = await startBadProxy(node.port);
    const transport = open(node, proxy);
    await until(() => kindOf(transport) === "online");
    await sleep(3_000 + turn * 1_300);
    let checkingAt: number | undefined;
    let droppedAt: number | undefined;
    const since = performance.now();
    transport.onHealth(({ kind }) => {
      if (kind === "checking") checkingAt ??= performance.now() - since;
      else if (kind !== "online") droppedAt ??= performance.now() - since;
    });
    proxy.swallowOpen();
    await until(() => droppedAt !== undefined);
    await until(() => kindOf(transport) === "online");
    const backAt = performance.now() - since;
    console.log(
      `half-open: checking after ${ms(checkingAt)}, dropped after ${ms(droppedAt)}, back after ${ms(backAt)}`,
    );
    worst = Math.max(worst, backAt);
    await transport.close();
    await proxy.stop();
  }
  await node.stop();
  return worst < 18_000 + SLACK_MS;
}

/** Ten seconds in which nothing passes, after which all does. */
async function stall(): Promise<boolean> {
  const node = await startServiceNode(rule);
  const proxies = await Promise.all(Array.from({ length: 14 }, () => startBadProxy(node.port)));
  const transports = proxies.map((proxy) => open(node, proxy));
  await until(() => transports.every((transport) => kindOf(transport) === "online"));
  const before = proxies.map(({ accepted }) => accepted);
  await Promise.all(
    proxies.map(async (proxy, index) => {
      await sleep(index * 700);
      proxy.stall();
      await sleep(10_000);
      proxy.heal();
    }),
  );
  await sleep(15_000);
  const ended = proxies.filter(({ accepted }, index) => accepted > (before[index] ?? 0)).length;
  console.log(`stall: of ${proxies.length} connections that stood still for 10 s, ended: ${ended}`);
  await Promise.all(transports.map((transport) => transport.close()));
  await Promise.all(proxies.map((proxy) => proxy.stop()));
  await node.stop();
  return ended === 0;
}

/** A listener that is away now and then, beside one that is not: what its service node sends to both. */
async function reread(): Promise<boolean> {
  const node = await startServiceNode(rule);
  const [bad, good] = [await startBadProxy(node.port), await startBadProxy(node.port)];
  const ada = await participant("Ada", [node.multiaddr]);
  const bob = await participant("Bob", [behind(node.multiaddr, bad)], ada.inviteCode);
  const cleo = await participant("Cleo", [behind(node.multiaddr, good)], ada.inviteCode);
  await ada.say("hello");
  await Promise.all([bob, cleo].map((each) => each.has("hello", MINUTE)));
  let said = 0;
  const say = async (count: number): Promise<void> => {
    for (let each = 0; each < count; each++) {
      await ada.say(`${said++} ${"x".repeat(100)}`);
      await sleep(100);
    }
  };
  await say(40);
  await sleep(2_000);
  const before = [bad.passed.toClient, good.passed.toClient] as const;
  for (let outage = 0; outage < 4; outage++) {
    bad.swallowAfter(0);
    bad.cut();
    await say(20);
    bad.heal();
    await bob.has(`${said - 1} ${"x".repeat(100)}`, 3 * MINUTE);
    await say(20);
  }
  const last = `${said - 1} ${"x".repeat(100)}`;
  await Promise.all([bob, cleo].map((each) => each.has(last, 3 * MINUTE)));
  const [ofBad, ofGood] = [bad.passed.toClient - before[0], good.passed.toClient - before[1]];
  const ratio = ofBad / ofGood;
  console.log(
    `reread: four outages, ${kB(ofBad)} to who was away, ${kB(ofGood)} to who was not: ${ratio.toFixed(2)} times`,
  );
  await Promise.all([ada.close(), bob.close(), cleo.close()]);
  await Promise.all([bad.stop(), good.stop()]);
  await node.stop();
  return ratio < 1.4;
}

/** One topic that nobody talks on: what goes over the wire. */
async function idle(minutes: number): Promise<boolean> {
  const node = await startServiceNode(rule);
  const perHour = 60 / minutes;
  const measured = await Promise.all(
    [true, false].map(async (isAttended) => {
      const proxy = await startBadProxy(node.port);
      const transport = open(node, proxy, isAttended);
      await until(() => kindOf(transport) === "online");
      await sleep(10_000);
      const [passed, segments] = [{ ...proxy.passed }, { ...proxy.segments }];
      await sleep(minutes * MINUTE);
      const up = (proxy.passed.toServer - passed.toServer) * perHour;
      const down = (proxy.passed.toClient - passed.toClient) * perHour;
      const out = proxy.segments.toServer - segments.toServer;
      const back = proxy.segments.toClient - segments.toClient;
      // Each segment one way is acknowledged the other way, at most by one of its own.
      const headers = (out + back) * HEADER_BYTES * perHour;
      const who = isAttended ? "somebody looks" : "nobody looks";
      const wire = `with TCP/IP headers at most ${kB(up + headers)} and ${kB(down + headers)}`;
      console.log(`idle, ${who}: ${kB(up)} up and ${kB(down)} down an hour, ${wire}`);
      await transport.close();
      await proxy.stop();
      return Math.max(up, down);
    }),
  );
  await node.stop();
  return (measured[1] ?? 0) < 190_000 / 3;
}

const ms = (value: number | undefined): string => (value === undefined ? "never" : `${(value / 1_000).toFixed(1)} s`);
const kB = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} kB`;

const ROWS: Readonly<Record<string, Row>> = { deaf, "half-open": halfOpen, stall, reread, idle };
const { values } = parseArgs({
  options: { only: { type: "string" }, "idle-minutes": { type: "string", default: "6" } },
});
const names = values.only?.split(",") ?? Object.keys(ROWS);
const failed: string[] = [];
for (const name of names) {
  const row = ROWS[name];
  if (row === undefined) {
    console.error(HELP);
    process.exit(2);
  }
  if (!(await row(Number(values["idle-minutes"])))) failed.push(name);
}
console.log(`${names.length - failed.length} passed, ${failed.length} failed ${failed.join(", ")}`.trim());
process.exit(failed.length > 0 ? 1 : 0);
