import { type ChildProcess, fork, spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { connectHost } from "../src/bridge/client/connect-host.ts";
import { runtimePort } from "../src/bridge/ports/runtime-port.ts";
import type { ChannelHost } from "../src/channel/api/channel-host.ts";
import type { ChannelId } from "../src/sds/wire/ids.ts";
import { type ChannelStore, createChannelStore } from "../src/ui/model/channel-store.ts";
import { ipcPort } from "./support/ipc-port.ts";
import { LIVE, type LiveWorkerFigures, type ToWorker } from "./support/live-figures.ts";
import { median } from "./support/median.ts";
import { createPatience, endOf, type Patience } from "./support/patience.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";
import { startServiceNode } from "./support/service-node.ts";

const WORKER = fileURLToPath(new URL("./live-worker-child.js", import.meta.url));
const SPEAKERS = fileURLToPath(new URL("./live-speakers-child.js", import.meta.url));
/** For what takes seconds on a machine that is free. */
const LIMIT_MS = 120_000;
/** A message that was lost is repaired within a minute or two; on a busy machine they come late. */
const TALK_LIMIT_MS = 300_000;
/** Of the messages, that are pushed to the worker. */
const LEAST_SHARE = 0.9;
/** Parts of a profile that take less are left out. */
const LEAST_PERCENT = 1;

/**
 * Others talk, and it is looked at in many views: a worker with the channel, the Waku transport and the bridge in a process of its
 * own, a service node in another, those who talk in a third, and here the views, as far as their model of the channel.
 */
export const live: Subject = { name: "live", run: liveRows };

interface View {
  readonly host: ChannelHost;
  readonly store: ChannelStore;
}

/** When each message was in the model of each view. */
type ShownAt = Map<string, number[]>;

async function* liveRows({ profile }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  const node = await startServiceNode();
  const speakers = spawn(process.execPath, [SPEAKERS, node.multiaddr], { stdio: ["pipe", "pipe", "inherit"] });
  const worker = fork(WORKER, [], { serialization: "advanced", stdio: ["ignore", "inherit", "inherit", "ipc"] });
  worker.setMaxListeners(0);
  const [speakersEnd, workerEnd] = [endOf(speakers), endOf(worker)];
  const patience = createPatience({ "those who talk": speakersEnd, "the worker": workerEnd });
  try {
    const invite = await patience.until("an invite", LIMIT_MS, firstLine(speakers));
    const channel = await patience.until("the worker's joining", LIMIT_MS, joined(worker, invite));
    const shownAt: ShownAt = new Map();
    const views = Array.from({ length: LIVE.views }, (_, view) => openView(worker, view, channel, shownAt));
    await patience.until("all views", LIMIT_MS, Promise.all(views.map(({ store }) => isReady(store))));
    speakers.stdin?.write("warm up\n");
    await allShown(patience, shownAt, LIVE.warmUp);
    const figures = figuresOf(worker, { kind: "measure", profile });
    speakers.stdin?.write("talk\n");
    await allShown(patience, shownAt, LIVE.warmUp + LIVE.messages);
    worker.send({ kind: "stop" } satisfies ToWorker);
    yield* rowsOf(await patience.until("the worker's figures", LIMIT_MS, figures), shownAt);
    for (const { host, store } of views) {
      store.close();
      await host.close();
    }
  } finally {
    speakers.kill("SIGTERM");
    worker.kill("SIGTERM");
    await Promise.all([speakersEnd, workerEnd]);
    await node.stop();
  }
}

function* rowsOf({ cpuMs, wallMs, arrivals, shares }: LiveWorkerFigures, shownAt: ShownAt): Generator<Row> {
  const name = `live, ${LIVE.views} views, ${LIVE.perSecond} messages/s by ${LIVE.speakers}`;
  const fromFrame: number[] = [];
  const fromSend: number[] = [];
  for (const { text, arrivedAt } of arrivals) {
    const [, saidAt, , number] = text.split(" ").map(Number);
    // One of the start that came late, or again.
    if (saidAt === undefined || number === undefined || number < LIVE.warmUp) continue;
    const times = shownAt.get(text) ?? [];
    if (times.length !== LIVE.views) throw new Error(`In ${times.length} views: ${text}`);
    // In the last of the views.
    fromFrame.push(Math.max(...times) - arrivedAt);
    fromSend.push(Math.max(...times) - saidAt);
  }
  // On a busy machine some come out of the Store, or from others.
  if (fromFrame.length < LIVE.messages * LEAST_SHARE) throw new Error(`Only ${fromFrame.length} frames were pushed.`);
  yield row(`${name}: frame to all screens, median`, "ms", median(fromFrame));
  yield row(`${name}: frame to all screens, 95th percentile`, "ms", percentile(fromFrame, 0.95));
  yield row(`${name}: send() to all screens, median`, "ms", median(fromSend));
  yield row(`${name}: CPU of the worker`, "% of a core", (100 * cpuMs) / wallMs);
  yield row(`${name}: CPU of the worker, each`, "ms", cpuMs / LIVE.messages);
  for (const [part, percent] of shares) if (percent >= LEAST_PERCENT) yield row(`${name}: of it ${part}`, "%", percent);
}

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(share * values.length)] ?? Number.NaN;
}

function openView(worker: ChildProcess, view: number, channel: ChannelId, shownAt: ShownAt): View {
  const host = connectHost(() => runtimePort(ipcPort(worker, view)));
  const store = createChannelStore(host.open(channel));
  const seen = new Set<string>();
  store.entries.subscribe((entries) => {
    const now = performance.timeOrigin + performance.now();
    for (const entry of entries) {
      if (entry.kind !== "message" || entry.type !== "chat" || seen.has(entry.text)) continue;
      seen.add(entry.text);
      const times = shownAt.get(entry.text) ?? [];
      times.push(now);
      shownAt.set(entry.text, times);
    }
  });
  return { host, store };
}

function isReady({ channel }: ChannelStore): Promise<void> {
  return new Promise((resolve) => {
    channel.subscribe((view) => view !== null && resolve());
  });
}

/** Rejects with how far it came: a message that is lost for good is said, and not waited for. */
async function allShown(patience: Patience, shownAt: ShownAt, count: number): Promise<void> {
  const inAll = () => [...shownAt.values()].filter((times) => times.length === LIVE.views).length;
  let waits = true;
  const shown = async (): Promise<void> => {
    while (waits && inAll() < count) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const what = () => `${count} messages in ${LIVE.views} views: there are ${inAll()} in all, ${shownAt.size} in some`;
  await patience.until(what, TALK_LIMIT_MS, shown()).finally(() => {
    waits = false;
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  let words = "";
  for await (const text of child.stdout?.setEncoding("utf8") ?? []) {
    words += text;
    if (words.includes("\n")) return words.slice(0, words.indexOf("\n"));
  }
  throw new Error("Those who talk ended without an invite.");
}

function joined(worker: ChildProcess, invite: string): Promise<ChannelId> {
  worker.send({ kind: "join", invite } satisfies ToWorker);
  return new Promise((resolve) => {
    worker.on("message", (message: { readonly joined?: ChannelId }) => {
      if (message.joined !== undefined) resolve(message.joined);
    });
  });
}

function figuresOf(worker: ChildProcess, start: ToWorker): Promise<LiveWorkerFigures> {
  worker.send(start);
  return new Promise((resolve) => {
    worker.on("message", (message: { readonly figures?: LiveWorkerFigures }) => {
      if (message.figures !== undefined) resolve(message.figures);
    });
  });
}
