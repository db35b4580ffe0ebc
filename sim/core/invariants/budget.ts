import type { SimParticipant } from "../members/participant.ts";
import { check } from "../report/violation.ts";

const WINDOW_MS = 10 * 60_000;

export interface BudgetWorld {
  now(): number;
  readonly settings: { readonly clockJumps: number };
  readonly parameters: { readonly budgetPerTenMinutes: number };
}

/** The rate limit of the network: a full bucket and what flows in meanwhile, and a little for each bucket's last token. */
export class BudgetWatch {
  readonly #world: BudgetWorld;
  readonly #times = new Map<SimParticipant, number[]>();

  constructor(world: BudgetWorld) {
    this.#world = world;
  }

  note(member: SimParticipant): void {
    //= protocol: RATE-1
    const { budgetPerTenMinutes: limit } = this.#world.parameters;
    // A clock that is set ahead fills buckets early; the network's own clock would refuse the rest.
    if (limit === 0 || this.#world.settings.clockJumps > 0) return;
    const now = this.#world.now();
    const times = (this.#times.get(member) ?? []).filter((at) => now - at < WINDOW_MS);
    times.push(now);
    this.#times.set(member, times);
    check(times.length <= 2 * limit + 8, "budget is kept", () => {
      return `member ${member.index} published ${times.length} times in ten minutes, the limit is ${limit}`;
    });
  }
}
