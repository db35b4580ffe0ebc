import { anotherCluster } from "./another-cluster.ts";
import { anotherMessage } from "./another-message.ts";
import { neverAgrees, pushesWithoutEnd, refusesForEver } from "./does-not-serve.ts";
import { anHonestNodeLater, oneLyingNode } from "./one-lying-node.ts";
import { othersAddresses } from "./others-addresses.ts";
import type { Scenario } from "./scenario.ts";
import { aMessageNowAndThen, pagesWithoutEnd, senselessHistory } from "./stores-without-end.ts";
import { tooLarge } from "./too-large.ts";

/** All of them, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  senselessHistory,
  pagesWithoutEnd,
  aMessageNowAndThen,
  oneLyingNode,
  anHonestNodeLater,
  tooLarge,
  anotherCluster,
  refusesForEver,
  neverAgrees,
  pushesWithoutEnd,
  anotherMessage,
  othersAddresses,
];
