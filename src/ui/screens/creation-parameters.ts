import type { ChannelParameters } from "../../sds/parameters/parameters.ts";
import { isLoopback } from "./loopback.ts";

/**
 * Channels on a service node of this machine ack and resend faster than the protocol's defaults: those spare the rate
 * limits of public nodes, a node on loopback has none, and on a stage nobody waits five seconds for a tick.
 */
export const QUICK_PARAMETERS = {
  ackWindowMs: 400,
  idleSyncMinMs: 3_000,
  resendFirstMs: 2_000,
} as const satisfies Partial<ChannelParameters>;

/** The parameter that each must not be above: as in the protocol's table, of which screens see no values. */
export const QUICK_BELOW = {
  ...{ ackWindowMs: "ackWindowMaxMs", idleSyncMinMs: "idleSyncMaxMs", resendFirstMs: "resendMaxMs" },
} as const satisfies Record<keyof typeof QUICK_PARAMETERS, keyof ChannelParameters>;

/** The parameters of a new channel on these nodes (null: the one on this machine). */
export function creationParameters(
  nodes: readonly string[] | null,
  overrides: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const local = nodes === null || nodes.every((node) => isLoopback(hostOf(node)));
  return local ? { ...quickWithin(overrides), ...overrides } : overrides;
}

/** What nobody typed must not be more than the most that somebody typed. */
function quickWithin(overrides: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const names = Object.keys(QUICK_PARAMETERS) as (keyof typeof QUICK_PARAMETERS)[];
  const most = (name: keyof ChannelParameters): number => overrides[name] ?? Number.POSITIVE_INFINITY;
  return Object.fromEntries(names.map((name) => [name, Math.min(QUICK_PARAMETERS[name], most(QUICK_BELOW[name]))]));
}

/** The host part of a multiaddr such as /ip4/127.0.0.1/tcp/8645/ws. */
function hostOf(multiaddr: string): string {
  const [, protocol = "", host = ""] = multiaddr.split("/");
  return protocol === "ip6" ? `[${host}]` : host;
}
