import { describe, expect, it } from "vitest";
import type { Mutation } from "../core/members/mutation.ts";
import type { Action } from "../core/script/script.ts";
import { CALM, type Settings } from "../core/script/settings.ts";
import { runPlan } from "../run-seed.ts";
import { FORGOTTEN_WAKES } from "./timers.ts";
import { SPOILT_PLANS } from "./windows.ts";

const MINUTE = 60_000;
const PARTICIPANTS = 3;

/** Three people on a bad network, without a Store: somebody writes now and then, one is away for a while. */
function smallWorld(mutation: Mutation | null): string {
  const settings: Settings = {
    ...{ ...CALM, seed: 1, participants: PARTICIPANTS, messages: 0, loss: 0.4, durationMs: 75 * MINUTE },
    archive: { absent: true, lagMs: 0, omission: 0 },
  };
  const actions: Action[] = [0, 1, 2].map((member) => ({ at: 0, kind: "join", member }));
  for (let number = 0; number < 24; number++) {
    const at = MINUTE + number * 20_000;
    actions.push({ at, kind: "say", member: number % PARTICIPANTS, text: `${number}`, type: 1 });
  }
  actions.push({ at: 4 * MINUTE, kind: "offline", member: 2, ms: MINUTE });
  const { violation } = runPlan({ settings, actions }, { mutation, heals: false });
  return violation?.message ?? "";
}

const named = (name: string): Mutation => {
  const found = [...FORGOTTEN_WAKES, ...SPOILT_PLANS].find((mutation) => mutation.name === name);
  if (found === undefined) throw new Error(`No mutation is called ${name}.`);
  return found;
};

describe("a small world", () => {
  it("breaks no promise when everything happens in its time", () => {
    expect(smallWorld(null)).toBe("");
  });

  it.each([
    ["no-wake-for-fetches", "was not woken for fetches"],
    ["no-wake-for-outbox", "was not woken for outbox"],
    ["no-wake-for-answers", "was not woken for answers"],
    ["no-wake-for-syncs", "was not woken for syncs"],
    ["no-wake-for-connected-time", "was not woken for connected time"],
    ["never-acks", "an ack is"],
    ["never-repeats-claims", "the repetition of claims is"],
    ["no-hello", "the hello is"],
    ["never-idle", "a word after long silence is"],
    ["no-checkpoints", "a checkpoint is"],
    ["one-try-of-a-checkpoint", "the next try of a checkpoint is"],
    ["no-wishes", "receipts are wanted since"],
    ["late-answers", "the answer with"],
    ["late-requests", "request 1 for"],
    ["hasty-requests", "timers do not fire early: member"],
    ["late-fetches", "asking a Store for"],
    ["late-resends", "the next attempt for"],
    ["hasty-resends", "timers do not fire early: member"],
  ])("%s is noticed: %s", (name, words) => {
    expect(smallWorld(named(name))).toContain(words);
  });
});
