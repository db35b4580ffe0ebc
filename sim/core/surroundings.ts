import type { Random } from "../../src/runtime/port.ts";
import type { Effect } from "../../src/sds/io/effect.ts";
import type { IncomingContent, StepInput } from "../../src/sds/io/step-input.ts";
import type { ChannelParameters } from "../../src/sds/parameters/parameters.ts";
import type { MessageId } from "../../src/sds/wire/ids.ts";
import type { Archive } from "./archive.ts";
import type { Frame } from "./frame.ts";
import type { Mutation } from "./mutation.ts";
import type { SimParticipant } from "./participant.ts";
import type { Trace } from "./trace.ts";

export type Traffic = "content" | "resend" | "sync" | "checkpoint" | "repair";

/** Who looks on: the oracle, which knows what is true. Its methods throw a `Violation`. */
export interface Observer {
  composed(member: SimParticipant, content: IncomingContent, requestId: string): void;
  /** `send` resolved: the person was told that the message is accepted. */
  accepted(member: SimParticipant, id: MessageId): void;
  booted(member: SimParticipant): void;
  stepped(member: SimParticipant, input: StepInput, effects: readonly Effect[]): void;
  published(member: SimParticipant, traffic: Traffic, frame: Frame): void;
  taken(member: SimParticipant, id: MessageId): void;
  /** Publishing failed, or seemed to. */
  failed(): void;
  /** Somebody was asked whether to go by the others' clocks, and says what is to be added to the device's. */
  answered(member: SimParticipant, yes: boolean, correctionMs: number): void;
  /** They were told that this is kept. */
  clockKept(member: SimParticipant, correctionMs: number): void;
}

/** What a member finds around itself. Times are milliseconds since the world began, by a clock nobody there can read. */
export interface Surroundings {
  readonly epoch: number;
  readonly random: Random;
  readonly trace: Trace;
  readonly archive: Archive;
  readonly mutation: Mutation | null;
  readonly observer: Observer;
  readonly parameters: ChannelParameters;
  readonly profile: "community" | "sds";
  readonly publishFailure: number;
  readonly syncMs: number;
  readonly clockYes: number;
  now(): number;
  after(ms: number, run: () => void): () => void;
  /** Null when the member reaches no service node. */
  publish(member: SimParticipant, traffic: Traffic, bytes: Uint8Array, ephemeral: boolean): Frame | null;
  reachesArchive(member: SimParticipant): boolean;
  changed(member: SimParticipant): void;
}
