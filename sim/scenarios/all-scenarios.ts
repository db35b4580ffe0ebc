import { members512 } from "./512-members.ts";
import { blackout } from "./blackout.ts";
import { burstOfHi } from "./burst-of-hi.ts";
import { correctedClock } from "./corrected-clock.ts";
import { crowdJoins } from "./crowd-joins.ts";
import { fakeIds } from "./fake-ids.ts";
import { falseParentLamport } from "./false-parent-lamport.ts";
import { flood } from "./flood.ts";
import { idleDay } from "./idle-day.ts";
import { joinsAhead } from "./joins-ahead.ts";
import { laptopLid } from "./laptop-lid.ts";
import { lateJoiner10k } from "./late-joiner-10k.ts";
import { lone } from "./lone.ts";
import { mobile90Offline } from "./mobile-90-offline.ts";
import { neverOverlap } from "./never-overlap.ts";
import { officeWifi } from "./office-wifi.ts";
import { poison } from "./poison.ts";
import type { Scenario } from "./scenario.ts";
import { splitBrain } from "./split-brain.ts";
import { storeDown } from "./store-down.ts";
import { storeOnly } from "./store-only.ts";
import { subway } from "./subway.ts";
import { tailLoss } from "./tail-loss.ts";
import { workerKillEvery30s } from "./worker-kill-every-30s.ts";
import { wrongClock } from "./wrong-clock.ts";

export const SCENARIOS: readonly Scenario[] = [
  officeWifi,
  subway,
  laptopLid,
  mobile90Offline,
  neverOverlap,
  splitBrain,
  blackout,
  storeDown,
  lateJoiner10k,
  tailLoss,
  burstOfHi,
  crowdJoins,
  storeOnly,
  lone,
  idleDay,
  fakeIds,
  falseParentLamport,
  poison,
  flood,
  wrongClock,
  correctedClock,
  joinsAhead,
  workerKillEvery30s,
  members512,
];

/** Takes minutes, so it is only run when asked for by name. */
export const BY_NAME_ONLY: ReadonlySet<string> = new Set([members512.name]);
