import { CHANNEL_PARAMETER_DEFAULTS } from "../src/sds/parameters.ts";
import { isLoopback } from "./invite-link.ts";

/**
 * Channels on a service node of this machine ack and resend faster than the protocol's defaults: those spare the rate
 * limits of public nodes, a node on loopback has none, and on a stage nobody waits five seconds for a tick.
 */
export const QUICK_PARAMETERS = { ackWindowMs: 400, idleSyncMinMs: 3_000, resendFirstMs: 2_000 } as const;

const PARAMETER_PREFIX = "p.";

export interface DemoOptions {
  /** Service nodes of channels created here; null: the one on this machine. */
  readonly nodes: readonly string[] | null;
  /** Overrides of the channel's parameters at creation. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** `?node=<multiaddr>` (repeatable) and `?p.<parameter>=<number>`. Unknown parameters and nonsense values are ignored. */
export function readDemoOptions(search: string): DemoOptions {
  const query = new URLSearchParams(search);
  const nodes = query.getAll("node").filter((node) => node !== "");
  const parameters: Record<string, number> = {};
  for (const [key, value] of query) {
    const name = key.startsWith(PARAMETER_PREFIX) ? key.slice(PARAMETER_PREFIX.length) : "";
    const number = Number(value);
    if (Object.hasOwn(CHANNEL_PARAMETER_DEFAULTS, name) && value !== "" && Number.isFinite(number) && number >= 0) {
      parameters[name] = number;
    }
  }
  return { nodes: nodes.length === 0 ? null : nodes, parameters };
}

/** The parameters of a new channel on these nodes (null: the one on this machine). */
export function creationParameters(
  nodes: readonly string[] | null,
  overrides: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const local = nodes === null || nodes.every((node) => isLoopback(hostOf(node)));
  return local ? { ...QUICK_PARAMETERS, ...overrides } : overrides;
}

/** The host part of a multiaddr such as /ip4/127.0.0.1/tcp/8645/ws. */
function hostOf(multiaddr: string): string {
  const [, protocol = "", host = ""] = multiaddr.split("/");
  return protocol === "ip6" ? `[${host}]` : host;
}
