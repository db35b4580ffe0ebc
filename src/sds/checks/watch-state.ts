import type { Effect } from "../io/effect.ts";
import type { ReceiveAndBelow } from "../receive/receive-state.ts";
import { STATE_CHECKS, type StateCheck } from "./state-checks.ts";

/** What was found when state and step were looked at: null when all is well, else the name of the check that failed. */
export type Finding = string | null;

/** Looks for contradictions in one state, a little each time: where one look stopped the next goes on. */
export interface StateWatch {
  /** The next check in turn, on at most `most` items. */
  next(now: number, most: number): Finding;
  /** All checks, each on at most `most` items. */
  all(now: number, most: number): Finding;
}

export function watchState(state: ReceiveAndBelow): StateWatch {
  /** How far each check has come. Iterators of maps and sets go on when items come and go between two looks. */
  const places = new Map<StateCheck, Iterator<unknown>>();
  let turn = 0;

  function look(check: StateCheck, now: number, most: number): Finding {
    for (let left = most; left > 0; left--) {
      const place = places.get(check) ?? check.items(state)[Symbol.iterator]();
      const { done, value } = place.next();
      if (done === true) {
        places.delete(check);
        return null;
      }
      places.set(check, place);
      if (check.isBroken(value as never, state, now)) return check.name;
    }
    return null;
  }

  return {
    next: (now, most) => {
      const check = STATE_CHECKS[turn++ % STATE_CHECKS.length];
      return check === undefined ? null : look(check, now, most);
    },
    all: (now, most) => {
      for (const check of STATE_CHECKS) {
        const finding = look(check, now, most);
        if (finding !== null) return finding;
      }
      return null;
    },
  };
}

/** All of one state, whatever that costs. */
export function checkState(state: ReceiveAndBelow, now: number): Finding {
  return watchState(state).all(now, Number.POSITIVE_INFINITY);
}

/** Of a step: the ledger grew by the rows that it writes, numbered without gaps. `seqBefore`: where it was. */
export function checkRows(
  state: Pick<ReceiveAndBelow, "ledger">,
  effects: readonly Effect[],
  seqBefore: number,
): Finding {
  let seq = seqBefore;
  let isGapless = true;
  for (const effect of effects) {
    if (effect.kind !== "commit") continue;
    for (const change of effect.changes) {
      if (change.op === "put" && change.table === "ledger") isGapless = change.record.seq === ++seq && isGapless;
    }
  }
  return isGapless && seq === state.ledger.seq ? null : "the ledger grows by the rows that are written";
}
