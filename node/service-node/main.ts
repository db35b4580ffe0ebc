import "../polyfills.ts";
import { identityFromFile, localIdentity } from "./peers/identity.ts";
import { localAddress, probeServiceNode } from "./probe.ts";
import { type ServiceNode, startServiceNode } from "./service-node.ts";
import { type Settings, settingsFrom, USAGE, UsageError } from "./settings.ts";
import { MemoryMessageStore } from "./store/memory-message-store.ts";
import type { MessageStore } from "./store/message-store.ts";
import { MessageStoreError, openSqliteStore } from "./store/open-sqlite-store.ts";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** The port is taken by a service node of ours, which can be used instead. */
const EXIT_TAKEN_BY_OURS = 3;
/** The port is taken by another program. */
const EXIT_TAKEN = 4;
/** Another service node, at another port, keeps its messages in the same folder. */
const EXIT_DATA_IN_USE = 5;

const STOP_TIMEOUT_MS = 1_500;

async function main(): Promise<void> {
  const settings = settingsFrom(process.argv.slice(2));
  switch (settings.task) {
    case "help":
      console.log(USAGE);
      return;
    case "probe":
      console.log(await probeServiceNode(settings.port, settings));
      process.exit(0);
      break;
    case "serve":
      await serve(settings);
  }
}

async function serve(settings: Settings): Promise<void> {
  const startedAt = Date.now();
  const { store, kind } = await openStore(settings);
  const node = await start(settings, store);
  stopOnSignals(node);
  process.on("SIGUSR2", () => {
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    console.log(JSON.stringify({ seconds, rss: process.memoryUsage.rss(), ...node.status() }));
  });
  if (!settings.isQuiet) {
    const held = node.store === undefined ? "" : ` with ${node.store.size} messages`;
    log(`cluster ${settings.clusterId}, ${settings.shards} shards, Store ${kind}${held}`);
    for (const address of node.multiaddrs.filter((other) => other !== node.multiaddr)) {
      log(`also at ${address}`);
    }
  }
  console.log(`service node ready: ${node.multiaddr}`);
}

async function start(settings: Settings, store: MessageStore | false): Promise<ServiceNode> {
  const { port, tcpPort, host, clusterId, shards, peers, keyFile, maxAgeMs, maxClockSkewMs } = settings;
  try {
    return await startServiceNode({
      ...{ port, host, clusterId, shards, peers, store },
      privateKey: keyFile === undefined ? localIdentity() : await identityFromFile(keyFile),
      ...(tcpPort === undefined ? {} : { tcpPort }),
      ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
      ...(maxClockSkewMs === undefined ? {} : { maxClockSkewMs }),
      ...(settings.isQuiet ? {} : { log }),
    });
  } catch (error) {
    if (isAddressInUse(error)) {
      await explainTakenPort(settings);
    }
    throw error;
  }
}

interface OpenedStore {
  readonly store: MessageStore | false;
  /** Where it is, for the log. */
  readonly kind: string;
}

async function openStore(settings: Settings): Promise<OpenedStore> {
  const { dataFolder, hasStore, maxStoreBytes } = settings;
  const limits = maxStoreBytes === undefined ? {} : { maxBytes: maxStoreBytes };
  if (!hasStore) {
    return { store: false, kind: "off" };
  }
  if (dataFolder === undefined) {
    return { store: new MemoryMessageStore(limits), kind: "in memory" };
  }
  try {
    return { store: await openSqliteStore(dataFolder, limits), kind: `in ${dataFolder}` };
  } catch (error) {
    if (!(error instanceof MessageStoreError) || error.code === "unusable") {
      throw error;
    }
    if (error.code === "in-use") {
      await explainDataInUse(settings, error);
    }
    // A node without a past is still a node: people should not need a compiler to try it.
    const remedy = "to keep them, install a C++ compiler and run: npm ci";
    console.warn(`WARNING: messages are kept in memory only, until the node stops: ${error.message}; ${remedy}`);
    return { store: new MemoryMessageStore(limits), kind: "in memory" };
  }
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`);
}

/** libp2p wraps the socket's error and keeps only its text. */
function isAddressInUse(error: unknown): boolean {
  return String(error).includes("EADDRINUSE");
}

async function explainTakenPort(settings: Settings): Promise<never> {
  const { port, tcpPort } = settings;
  const owner = port === 0 ? "free" : await probeServiceNode(port, settings);
  if (owner === "ours") {
    sayTakenByOurs(port);
  }
  const taken = owner === "free" ? `TCP port ${tcpPort}` : `port ${port}`;
  const option = owner === "free" ? "--tcp-port" : "--port";
  console.error(
    `${taken} is taken by another program; end it, or choose another port with ${option} (0: any free one)`,
  );
  process.exit(EXIT_TAKEN);
}

/** The usual reason is that the node was started twice; then the one that runs is the one to use. */
async function explainDataInUse(settings: Settings, error: MessageStoreError): Promise<never> {
  if (settings.port !== 0 && (await probeServiceNode(settings.port, settings)) === "ours") {
    sayTakenByOurs(settings.port);
  }
  console.error(`${error.message}; stop it, or choose another folder with --data`);
  process.exit(EXIT_DATA_IN_USE);
}

function sayTakenByOurs(port: number): never {
  console.error(
    `port ${port} is taken by a Hearback service node of the same network, which you can use as it is: ${localAddress(port)}`,
  );
  process.exit(EXIT_TAKEN_BY_OURS);
}

function stopOnSignals(node: ServiceNode): void {
  const stop = (): void => {
    // A connection that does not close must not keep the process: the listener is gone either way.
    setTimeout(() => process.exit(0), STOP_TIMEOUT_MS).unref();
    void node.stop().finally(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

try {
  await main();
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(EXIT_USAGE);
  }
  console.error(`service node failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(EXIT_FAILED);
}
