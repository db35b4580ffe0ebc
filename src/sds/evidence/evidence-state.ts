import type { BloomHashes } from "../filter/bloom-filter.ts";
import { bloomOptions } from "../filter/bloom-gate.ts";
import { RollingBloom } from "../filter/rolling-bloom.ts";
import type { HolesAndBelow } from "../holes/holes-state.ts";
import type { ChannelIdentity, StepContext } from "../io/step-context.ts";
import type { Participant } from "../participants/participant.ts";
import type { MessageId } from "../wire/ids.ts";
import { createEffort, type Effort, type UnfinishedWalk } from "./claim-walk.ts";

/** What the room "evidence" owns, beside the claims and credits of each participant: what is still to be followed. */
export interface EvidenceState {
  /** Claims that wait for an id to arrive: whose, and with which `complete_since`. */
  readonly pending: ReadonlyMap<MessageId, ReadonlyMap<Participant, number>>;
  /** What the words of participants prove and was too much to follow at once, in that order. */
  readonly unfinished: ReadonlySet<UnfinishedWalk>;
  /** How far claims may still be followed in this step. */
  readonly effort: Readonly<Effort>;
  /** Filters of others, as a detail. */
  readonly filters: KeptFilters;
  /** Ids of what was delivered last. Profile "sds" only. */
  readonly ownFilter: Pick<RollingBloom, "toBytes"> | null;
}

export interface KeptFilters {
  /** Who has one, the longest kept first. */
  readonly holders: ReadonlySet<Participant>;
  /** Drawn when the first filter comes, for this run. */
  readonly decoys: readonly BloomHashes[] | null;
}

export interface EvidenceAndBelow extends HolesAndBelow {
  readonly evidence: EvidenceState;
}

export function createEvidenceState({ profile, parameters }: ChannelIdentity): EvidenceState {
  return {
    pending: new Map(),
    unfinished: new Set(),
    effort: createEffort(),
    filters: { holders: new Set(), decoys: null },
    ownFilter: profile === "sds" ? new RollingBloom(bloomOptions(parameters)) : null,
  };
}

export type EvidenceContext = StepContext<EvidenceAndBelow>;
