import type { Bench } from "./bench.ts";

/** What one scenario showed. */
export interface Finding {
  /** What should have held and did not, in words; none when all did. */
  readonly misses: readonly string[];
  /** Figures of this run. */
  readonly measured?: Readonly<Record<string, number | string>>;
}

/** One misdeed of a service node, against a real client. */
export interface Scenario {
  readonly name: string;
  /** What the service node does. */
  readonly misdeed: string;
  /** What must hold all the same. */
  readonly mustHold: string;
  run(bench: Bench): Promise<Finding>;
}

/** The names of what did not hold. */
export function missesOf(checks: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(checks).flatMap(([what, holds]) => (holds ? [] : [what]));
}
