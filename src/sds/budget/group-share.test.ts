import { describe, expect, it } from "vitest";
import { createChannelState } from "../channel-state.ts";
import { createStepContext } from "../io/step-context.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../parameters/parameters.ts";
import { asChannelId, asParticipantId } from "../wire/ids.ts";
import { keepBudgetInPast, moveBudget, takeTurn, turnAt } from "./budget.ts";
import type { ChatterClass } from "./token-buckets.ts";

const START = 1_760_000_000_000;

function channel(budgetPerTenMinutes = 0) {
  const state = createChannelState({
    ...{ channelId: asChannelId("channel"), self: asParticipantId("me"), publicKey: Uint8Array.of(1) },
    ...{ profile: "community", parameters: { ...CHANNEL_PARAMETER_DEFAULTS, budgetPerTenMinutes } },
  });
  const take = (traffic: ChatterClass, group: number, now = START) =>
    takeTurn(createStepContext(state, { now, random: () => 0.5 }), traffic, group);
  /** As often as there is something left. */
  const takeAll = (traffic: ChatterClass, group: number, now = START) => {
    let count = 0;
    while (take(traffic, group, now)) count++;
    return count;
  };
  return { state, take, takeAll };
}

//= protocol: RATE-2
describe("a participant's share of what the group may say", () => {
  it.each([
    ["sync", 2, 8, 2_500],
    ["sync", 8, 8, 2_500],
    ["sync", 96, 6, 30_000],
    ["sync", 1_000, 6, 30_000],
    ["repair", 8, 40, 250],
    ["repair", 16, 20, 1_000],
    ["repair", 1_000, 6, 3_000],
  ] as const)("of %s in a group of %d are %d at once, then one in %d ms", (traffic, group, burst, everyMs) => {
    const { state, take, takeAll } = channel();
    expect(takeAll(traffic, group)).toBe(Math.floor(burst));
    const next = turnAt(state, traffic, group);
    expect(next).toBeGreaterThan(START);
    expect(next).toBeLessThanOrEqual(START + everyMs);
    expect(take(traffic, group, next - 1)).toBe(false);
    expect(takeAll(traffic, group, next)).toBe(1);
    expect(turnAt(state, traffic, group) - next).toBeGreaterThanOrEqual(everyMs - 1);
    expect(takeAll(traffic, group, START + 3_600_000), "no more is saved than there was").toBe(Math.floor(burst));
  });

  it("is one for syncs and another for repairs", () => {
    const { takeAll } = channel();
    takeAll("repair", 8);
    expect(takeAll("sync", 8)).toBe(8);
  });

  it("is not used by what the network's limit holds up", () => {
    const { state, take, takeAll } = channel(5);
    // 40 % of five.
    expect(takeAll("sync", 8)).toBe(2);
    expect(state.budget.shares.sync.left).toBe(6);
    expect(take("sync", 8, START + 299_000)).toBe(false);
    expect(take("sync", 8, START + 300_001)).toBe(true);
  });

  it("fills on from there when the clock is set back, and from now on when the time of its last use has yet to come", () => {
    const { state, takeAll } = channel();
    takeAll("sync", 8);
    const waits = turnAt(state, "sync", 8) - START;
    moveBudget(state, -3_600_000);
    expect(turnAt(state, "sync", 8)).toBe(START - 3_600_000 + waits);
    keepBudgetInPast(state, START - 7_200_000);
    expect(turnAt(state, "sync", 8)).toBe(START - 7_200_000 + waits);
  });
});
