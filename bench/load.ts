import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startCountingProxy, type WireBytes } from "./support/counting-proxy.ts";
import { type Crowd, type CrowdReport, startCrowd } from "./support/crowd.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";
import { startServiceNode } from "./support/service-node.ts";
import { fillStore } from "./support/stored-history.ts";

const SIZES = [5, 20, 50];
/** At once on two cores: what nobody does on purpose, and what must not become a storm. */
const CROWDED = 100;
const PROCESSES = 2;
const MOST_TO_JOIN_MS = 90_000;
/** What was not received by all by then is counted as such. */
const MOST_TO_RECEIVE_MS = 90_000;
const SETTLE_MS = 30_000;
const HOUR_MS = 3_600_000;
/** Of `/proc/PID/stat`, on all Linux machines that Node runs on. */
const TICK_MS = 10;

/** One pace of talk, in messages a second of the whole group. */
interface Pace {
  readonly perSecond: number;
  readonly messages: number;
}

const PACES: readonly Pace[] = [
  { perSecond: 1, messages: 15 },
  { perSecond: 10, messages: 80 },
];
const SLOW: Pace = { perSecond: 0.1, messages: 12 };

/** Many people in one channel: hosts over the Waku transport in two processes, and a service node with a Store in a third. */
export const load: Subject = { name: "load", run: loadRows };

async function* loadRows({ long, quick }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  const paces = long ? [SLOW, ...PACES] : PACES;
  const quietMs = long ? 10 * 60_000 : 30_000;
  for (const size of quick ? SIZES.slice(0, 1) : SIZES) yield* rowsOf(size, paces, quietMs);
  if (long) yield* rowsOf(CROWDED, [{ perSecond: 1, messages: 60 }], 30_000);
}

/** What is known of the node, the wire and the participants at a moment. */
interface Meters {
  readonly at: number;
  readonly nodeCpuMs: number;
  readonly wire: WireBytes;
  readonly crowd: CrowdReport;
}

async function* rowsOf(size: number, paces: readonly Pace[], quietMs: number): AsyncGenerator<Row, void, undefined> {
  const node = await startServiceNode();
  const proxy = await startCountingProxy(portOf(node.multiaddr));
  const told = {
    connected: [] as number[],
    knowing: [] as number[],
    delivered: [] as number[],
    received: [] as number[],
  };
  const crowd = startCrowd(size, PROCESSES, (answer) => {
    if (answer.kind === "connected") told.connected.push(answer.ms);
    if (answer.kind === "knows-all") told.knowing.push(answer.ms);
    if (answer.kind === "delivered") told.delivered.push(answer.ms);
    if (answer.kind === "received") told.received.push(answer.ms);
  });
  const name = `load, ${size} participants`;
  const read = async (): Promise<Meters> => ({
    at: Date.now(),
    nodeCpuMs: cpuOf(node.pid),
    wire: proxy.bytes(),
    crowd: await crowd.report(),
  });
  try {
    crowd.join(await fillStore(node.multiaddr.replace(/tcp\/\d+/, `tcp/${proxy.port}`), 0, 1));
    const before = await read();
    await until(() => told.knowing.length === size, MOST_TO_JOIN_MS);
    yield* spread(`${name}, joining at once: connected`, told.connected, [0.5, 1]);
    yield* spread(`${name}, joining at once: knows all by name`, told.knowing, [0.5, 1]);
    yield row(`${name}, joining at once: who know all by name in 90 s`, "participants", told.knowing.length);
    await sleep(Math.max(0, SETTLE_MS - (Date.now() - before.at)));
    const joined = await read();
    yield* trafficRows(`${name}, first ${Math.round((joined.at - before.at) / 1_000)} s`, size, before, joined);
    for (const pace of paces) yield* paceRows(`${name}, ${pace.perSecond} messages/s`, size, pace, crowd, told, read);
    const quiet = await read();
    await sleep(quietMs);
    yield* wireRows(`${name}, quiet`, size, quiet, await read());
  } finally {
    await crowd.leave();
    await proxy.close();
    await node.stop();
  }
}

async function* paceRows(
  name: string,
  size: number,
  { perSecond, messages }: Pace,
  crowd: Crowd,
  told: { delivered: number[]; received: number[] },
  read: () => Promise<Meters>,
): AsyncGenerator<Row, void, undefined> {
  told.delivered = [];
  told.received = [];
  const before = await read();
  for (let number = 0; number < messages; number++) {
    await sleep(Math.max(0, before.at + (number * 1_000) / perSecond - Date.now()));
    crowd.say(number, number);
  }
  const after = await read();
  await until(() => told.received.length === messages, MOST_TO_RECEIVE_MS);
  yield* spread(`${name}: delivered`, told.delivered, [0.5, 0.95, 0.99]);
  yield row(`${name}: not delivered in time`, "deliveries", messages * (size - 1) - told.delivered.length);
  yield* spread(`${name}: received by all`, told.received, [0.5, 0.95, 0.99]);
  yield row(`${name}: not received by all in time`, "messages", messages - told.received.length);
  yield* trafficRows(name, size, before, after);
}

function* trafficRows(name: string, size: number, before: Meters, after: Meters): Generator<Row> {
  const ms = after.at - before.at;
  yield row(`${name}: CPU of the node`, "% of a core", (100 * (after.nodeCpuMs - before.nodeCpuMs)) / ms);
  yield row(
    `${name}: CPU of a participant`,
    "% of a core",
    (100 * (after.crowd.cpuMs - before.crowd.cpuMs)) / ms / size,
  );
  yield row(`${name}: frames of all`, "frames/s", ((after.crowd.published - before.crowd.published) * 1_000) / ms);
  yield row(`${name}: event loop late by at most`, "ms", after.crowd.latestMs);
}

/** Of one participant, each way. Payload is what the channel publishes or is pushed; the wire is all that TCP carries. */
function* wireRows(name: string, size: number, before: Meters, after: Meters): Generator<Row> {
  const share = HOUR_MS / (after.at - before.at) / size / 1_000;
  const grown = (figure: (meters: Meters) => number) => (figure(after) - figure(before)) * share;
  yield row(
    `${name}: payload out`,
    "kB/hour",
    grown(({ crowd }) => crowd.publishedBytes),
  );
  yield row(
    `${name}: payload in`,
    "kB/hour",
    grown(({ crowd }) => crowd.pushedBytes),
  );
  yield row(
    `${name}: wire out`,
    "kB/hour",
    grown(({ wire }) => wire.fromClients),
  );
  yield row(
    `${name}: wire in`,
    "kB/hour",
    grown(({ wire }) => wire.toClients),
  );
}

function* spread(name: string, values: readonly number[], shares: readonly number[]): Generator<Row> {
  const sorted = [...values].sort((a, b) => a - b);
  for (const share of shares) {
    const label = share === 1 ? "last" : `p${Math.round(share * 100)}`;
    yield row(`${name}, ${label}`, "ms", sorted[Math.ceil(share * sorted.length) - 1] ?? null);
  }
}

async function until(isSo: () => boolean, mostMs: number): Promise<void> {
  const end = Date.now() + mostMs;
  while (!isSo() && Date.now() < end) await sleep(50);
}

function portOf(multiaddr: string): number {
  return Number(/tcp\/(\d+)/.exec(multiaddr)?.[1]);
}

/** CPU of another process so far, its threads with it. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const [user, system] = [fields[11], fields[12]].map(Number);
  return ((user ?? 0) + (system ?? 0)) * TICK_MS;
}
