import type { Effect } from "../../../src/sds/io/effect.ts";
import type { StoredChannel } from "../../../src/sds/io/records.ts";
import type { Source, StepInput } from "../../../src/sds/io/step-input.ts";
import type { ChannelParameters } from "../../../src/sds/parameters/parameters.ts";
import type { ContentFields, Decoded, Frame } from "../network/frame.ts";
import type { SimParticipant } from "./participant.ts";

/**
 * A defect put between the protocol and its surroundings, to see whether the invariants notice. The product's code is not
 * touched: what goes into a step, what comes out of it and what a boot finds are bent here.
 */
export interface Mutation {
  readonly name: string;
  /** The defect in words. */
  readonly defect: string;
  readonly parameters?: Partial<ChannelParameters>;
  /** Signatures are not looked at. */
  readonly acceptsForged?: boolean;
  readonly load?: (stored: StoredChannel, member: SimParticipant) => StoredChannel;
  readonly afterBoot?: (member: SimParticipant) => void;
  readonly compose?: (fields: ContentFields, member: SimParticipant) => ContentFields;
  /** What the member makes of a frame, instead of what the product makes of it. */
  readonly receive?: (member: SimParticipant, decoded: Decoded, frame: Frame, source: Source) => StepInput[] | null;
  readonly input?: (member: SimParticipant, input: StepInput) => StepInput | null;
  readonly effect?: (member: SimParticipant, effect: Effect) => Effect | null;
  readonly afterStep?: (member: SimParticipant, input: StepInput) => void;
}
