import { parseArgs } from "node:util";
import { LOCAL_NETWORK } from "../../src/transport/waku/wire/local-network.ts";
import { MEMORY_STORE_LIMITS } from "./store/memory-message-store.ts";
import { SQLITE_STORE_LIMITS } from "./store/sqlite-message-store.ts";

const MEBIBYTE = 1024 * 1024;
const HOUR_MS = 3_600_000;
const DEFAULT_PORT = 8645;

export const USAGE = `Usage: npm run service-node -- [options]
  --port N        WebSocket port; 0 picks a free one (default ${DEFAULT_PORT})
  --tcp-port N    listen on plain TCP as well, for other Waku nodes; 0 picks a free port (default: off)
  --host ADDRESS  address to listen at; 0.0.0.0 for all of this machine (default 127.0.0.1)
  --data DIR      keep messages in DIR/messages.sqlite, across restarts (default: in memory)
  --retention-hours N  remove messages older than this (default: only when there are too many)
  --retention-mib N    keep at most this much, the newest (default ${SQLITE_STORE_LIMITS.maxBytes / MEBIBYTE} on disk, ${MEMORY_STORE_LIMITS.maxBytes / MEBIBYTE} in memory)
  --no-store      keep no messages
  --peer ADDRESS  another Waku relay to stay connected to, as a multiaddr; may be given several times
  --key-file F    file with 64 hex digits, a secp256k1 key; made if it does not exist
                  (default: the well-known local identity)
  --cluster N     Waku cluster (default ${LOCAL_NETWORK.clusterId})
  --shards N      shards in the cluster (default ${LOCAL_NETWORK.shards})
  --max-clock-skew SECONDS  refuse messages whose timestamp is further off this clock (default: take and log them)
  --quiet         only the "ready" line, warnings and errors
  --probe         say who listens at the port (ours, other or free) and exit
  --help          this text
Signals: SIGTERM and SIGINT stop it, SIGUSR2 prints one line of JSON about its state.`;

export interface Settings {
  readonly task: "serve" | "probe" | "help";
  readonly port: number;
  readonly tcpPort: number | undefined;
  readonly host: string;
  readonly clusterId: number;
  readonly shards: number;
  readonly keyFile: string | undefined;
  readonly peers: readonly string[];
  readonly hasStore: boolean;
  /** Where messages are kept; `undefined`: in memory. */
  readonly dataFolder: string | undefined;
  readonly maxAgeMs: number | undefined;
  readonly maxStoreBytes: number | undefined;
  readonly maxClockSkewMs: number | undefined;
  readonly isQuiet: boolean;
}

/** An option is unknown or its value makes no sense; the message says which. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Reads the command line (without node and script).
 * @throws UsageError
 */
export function settingsFrom(args: readonly string[]): Settings {
  const values = parse(args);
  const optional = (name: "tcp-port" | "retention-hours" | "retention-mib" | "max-clock-skew", least: number) => {
    const text = values[name];
    const most = name === "tcp-port" ? 65_535 : 1_000_000;
    return text === undefined ? undefined : integer(`--${name}`, text, least, most);
  };
  const scaled = (value: number | undefined, unit: number) => (value === undefined ? undefined : value * unit);
  return {
    task: values.help ? "help" : values.probe ? "probe" : "serve",
    port: integer("--port", values.port, 0, 65_535),
    tcpPort: optional("tcp-port", 0),
    host: values.host,
    clusterId: integer("--cluster", values.cluster, 0, 65_535),
    shards: integer("--shards", values.shards, 1, 1024),
    keyFile: values["key-file"],
    peers: values.peer,
    hasStore: !values["no-store"],
    dataFolder: values.data,
    maxAgeMs: scaled(optional("retention-hours", 1), HOUR_MS),
    maxStoreBytes: scaled(optional("retention-mib", 1), MEBIBYTE),
    maxClockSkewMs: scaled(optional("max-clock-skew", 1), 1_000),
    isQuiet: values.quiet,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: String(DEFAULT_PORT) },
        "tcp-port": { type: "string" },
        host: { type: "string", default: "127.0.0.1" },
        data: { type: "string" },
        "retention-hours": { type: "string" },
        "retention-mib": { type: "string" },
        "no-store": { type: "boolean", default: false },
        peer: { type: "string", multiple: true, default: [] },
        "key-file": { type: "string" },
        cluster: { type: "string", default: String(LOCAL_NETWORK.clusterId) },
        shards: { type: "string", default: String(LOCAL_NETWORK.shards) },
        "max-clock-skew": { type: "string" },
        quiet: { type: "boolean", default: false },
        probe: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function integer(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`${option} must be a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}
