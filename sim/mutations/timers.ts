import { nextWakeAt, SCHEDULES } from "../../src/sds/schedules.ts";
import type { Mutation } from "../core/members/mutation.ts";

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
  };
  return mutation;
});
