import type { RollingBloom } from "../filter/rolling-bloom.ts";
import type { Owned } from "../io/owned.ts";
import type { Participant } from "../participants/participant.ts";
import type { MessageId } from "../wire/ids.ts";
import type { Effort } from "./claim-walk.ts";
import type { EvidenceAndBelow, EvidenceState, KeptFilters } from "./evidence-state.ts";

interface OwnEvidenceState extends Omit<Owned<EvidenceState>, "pending" | "effort" | "filters" | "ownFilter"> {
  readonly pending: Map<MessageId, Map<Participant, number>>;
  effort: Effort;
  readonly filters: Owned<KeptFilters>;
  readonly ownFilter: RollingBloom | null;
}

/** For the files of this room only: its slice, to write to. */
export function ownEvidence({ evidence }: EvidenceAndBelow): OwnEvidenceState {
  return evidence as OwnEvidenceState;
}
