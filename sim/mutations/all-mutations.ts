import type { Mutation } from "../core/members/mutation.ts";
import { buffersSyncs, claimsTooMuch, filterCounts, filterIsAnAck, forgedAcks } from "./evidence.ts";
import { deliversDuplicates, manyCauses, oneIdForEqualTexts } from "./identity.ts";
import {
  lostBlocksForEver,
  lostDropsDependents,
  newcomerNeedsAll,
  orderOfArrival,
  poisonable,
  receivedSatisfies,
} from "./ordering.ts";
import { forgetsAll, ignoresOwn, neverSyncs } from "./persistence.ts";
import { answersAll, asksOnce, neverAnswers, requestsSuppress } from "./repair.ts";
import { givesUpSilently, sentWithNobody } from "./sending.ts";

export const MUTATIONS: readonly Mutation[] = [
  oneIdForEqualTexts,
  receivedSatisfies,
  ignoresOwn,
  deliversDuplicates,
  filterIsAnAck,
  filterCounts,
  forgedAcks,
  poisonable,
  buffersSyncs,
  lostBlocksForEver,
  lostDropsDependents,
  newcomerNeedsAll,
  asksOnce,
  neverAnswers,
  requestsSuppress,
  answersAll,
  sentWithNobody,
  givesUpSilently,
  manyCauses,
  forgetsAll,
  neverSyncs,
  claimsTooMuch,
  orderOfArrival,
];
