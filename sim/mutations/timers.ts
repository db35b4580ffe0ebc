import { MESSAGE_TYPE } from "../../src/sds/parameters/message-type.ts";
import { nextWakeAt, SCHEDULES } from "../../src/sds/schedules.ts";
import type { Mutation } from "../core/members/mutation.ts";
import type { Action } from "../core/script/script.ts";
import { CALM, type Settings } from "../core/script/settings.ts";

/** What each schedule does, in the words of a defect. */
const DEFECTS: Readonly<Record<string, string>> = {
  ahead: "nobody is woken when an own message that was ahead may take its place",
  walks: "nobody is woken to go on with what words prove",
  embargo: "nobody is woken when the time of an embargoed message has come",
  lost: "nobody is woken when patience with a cause runs out",
  fetches: "nobody is woken to ask a Store",
  outbox: "nobody is woken to send again",
  answers: "nobody is woken to answer a request",
  syncs: "nobody is woken to say a sync",
  "connected time": "nobody is woken to write the connected time",
};

/** Each schedule does its work with the next wake for something else, a minute late at most. */
export const FORGOTTEN_WAKES: readonly Mutation[] = SCHEDULES.map(({ name }) => {
  const others = SCHEDULES.filter((schedule) => schedule.name !== name);
  const mutation: Mutation = {
    name: `no-wake-for-${name.replace(" ", "-")}`,
    defect: DEFECTS[name] ?? `nobody is woken for ${name}`,
    wakeAt: (state, now) => nextWakeAt(state, now, others),
    ...(name === "walks" ? { world: longAbsence } : {}),
  };
  return mutation;
});

const MESSAGES = 5_000;
const ABSENT_MS = 5 * 60_000;
const FROM_MS = 60_000;

/** Somebody comes back to so much that their first word proves more than can be followed in one step. */
function longAbsence(seed: number): { readonly settings: Settings; readonly actions: readonly Action[] } {
  const settings: Settings = { ...CALM, seed, participants: 3, messages: 0, durationMs: FROM_MS + 2 * ABSENT_MS };
  const actions: Action[] = [0, 1, 2].map((member) => ({ at: 0, kind: "join", member }));
  actions.push({ at: FROM_MS, kind: "offline", member: 2, ms: ABSENT_MS });
  for (let number = 0; number < MESSAGES; number++) {
    const at = FROM_MS + Math.floor((number * ABSENT_MS) / MESSAGES);
    actions.push({ at, kind: "say", member: number % 2, text: "one of many", type: MESSAGE_TYPE.chat });
  }
  return { settings, actions };
}
