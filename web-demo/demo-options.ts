import { CHANNEL_PARAMETER_DEFAULTS } from "../src/sds/parameters/parameters.ts";

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
