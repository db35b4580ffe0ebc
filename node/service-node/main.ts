import "../polyfills.ts";
import { parseArgs } from "node:util";
import { LOCAL_NETWORK } from "../../src/transport/waku/local-network.ts";
import { identityFromFile, localIdentity } from "./identity.ts";
import { localAddress, probeServiceNode } from "./probe.ts";
import { type ServiceNode, startServiceNode } from "./service-node.ts";

const USAGE = `Usage: service-node [options]
  --port N        WebSocket port; 0 picks a free one (default 8645)
  --host ADDRESS  address to listen at (default 127.0.0.1)
  --cluster N     Waku cluster (default ${LOCAL_NETWORK.clusterId})
  --shards N      shards in the cluster (default ${LOCAL_NETWORK.shards})
  --key-file F    file with 64 hex digits, a secp256k1 key (default: the well-known local identity)
  --peer ADDRESS  another Waku relay to connect to, as a multiaddr; may be given several times
  --no-store      keep no messages
  --quiet         only the "ready" line and errors
  --probe         say who listens at the port (ours, other or free) and exit
  --help          this text`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** The port is taken by a service node of ours, which can be used instead. */
const EXIT_TAKEN_BY_OURS = 3;
/** The port is taken by another program. */
const EXIT_TAKEN = 4;

const STOP_TIMEOUT_MS = 1_500;

interface Settings {
  readonly port: number;
  readonly host: string;
  readonly clusterId: number;
  readonly shards: number;
  readonly keyFile: string | undefined;
  readonly peers: readonly string[];
  readonly hasStore: boolean;
  readonly isQuiet: boolean;
}

class UsageError extends Error {}

async function main(): Promise<void> {
  const { values } = parse();
  if (values.help === true) {
    console.log(USAGE);
    return;
  }
  const settings = settingsFrom(values);
  if (values.probe === true) {
    console.log(await probeServiceNode(settings.port, settings));
    process.exit(0);
  }
  await serve(settings);
}

function parse() {
  try {
    return parseArgs({
      options: {
        port: { type: "string", default: "8645" },
        host: { type: "string", default: "127.0.0.1" },
        cluster: { type: "string", default: String(LOCAL_NETWORK.clusterId) },
        shards: { type: "string", default: String(LOCAL_NETWORK.shards) },
        "key-file": { type: "string" },
        peer: { type: "string", multiple: true, default: [] },
        "no-store": { type: "boolean", default: false },
        quiet: { type: "boolean", default: false },
        probe: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function settingsFrom(values: ReturnType<typeof parse>["values"]): Settings {
  return {
    port: integer("--port", values.port, 0, 65_535),
    host: values.host,
    clusterId: integer("--cluster", values.cluster, 0, 65_535),
    shards: integer("--shards", values.shards, 1, 1024),
    keyFile: values["key-file"],
    peers: values.peer,
    hasStore: !values["no-store"],
    isQuiet: values.quiet,
  };
}

function integer(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`${option} must be a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}

async function serve(settings: Settings): Promise<void> {
  let node: ServiceNode;
  try {
    node = await startServiceNode({
      port: settings.port,
      host: settings.host,
      clusterId: settings.clusterId,
      shards: settings.shards,
      privateKey: settings.keyFile === undefined ? localIdentity() : await identityFromFile(settings.keyFile),
      peers: settings.peers,
      ...(settings.hasStore ? {} : { store: false as const }),
      ...(settings.isQuiet ? {} : { log }),
    });
  } catch (error) {
    if (isAddressInUse(error)) {
      await explainTakenPort(settings);
    }
    throw error;
  }
  stopOnSignals(node);
  log(`cluster ${settings.clusterId}, ${settings.shards} shards, Store ${settings.hasStore ? "in memory" : "off"}`);
  console.log(`service node ready: ${node.multiaddr}`);
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`);
}

/** libp2p wraps the socket's error and keeps only its text. */
function isAddressInUse(error: unknown): boolean {
  return String(error).includes("EADDRINUSE");
}

async function explainTakenPort(settings: Settings): Promise<never> {
  const { port } = settings;
  if ((await probeServiceNode(port, settings)) === "ours") {
    console.error(
      `port ${port} is taken by a Hearback service node of the same network, which you can use as it is: ${localAddress(port)}`,
    );
    process.exit(EXIT_TAKEN_BY_OURS);
  }
  console.error(
    `port ${port} is taken by another program; end it, or choose another port with --port (0: any free one)`,
  );
  process.exit(EXIT_TAKEN);
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
