import type { Random } from "../../../src/runtime/port.ts";
import type { Effect } from "../../../src/sds/io/effect.ts";
import type { IncomingContent, Source, StepInput } from "../../../src/sds/io/step-input.ts";
import type { ChannelParameters } from "../../../src/sds/parameters/parameters.ts";
import type { MessageId } from "../../../src/sds/wire/ids.ts";
import type { Archive } from "../network/archive.ts";
import type { Frame } from "../network/frame.ts";
import type { Trace } from "../report/trace.ts";
import type { Mutation } from "./mutation.ts";
import type { SimParticipant } from "./participant.ts";

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

/** What becomes of a frame on its way to one member. */
export type Fate =
  | { readonly kind: "lost" }
  | { readonly kind: "divided" }
  /** It comes after so many milliseconds, each copy after its own. */
  | { readonly kind: "on-its-way"; readonly ms: readonly number[] }
  /** It came, and nobody was there. */
  | { readonly kind: "missed" };

/** Somebody who looks closely at a run, to tell of it. Nothing of the run depends on it. */
export interface Watcher {
  /** `insteadOf`: the own message that is composed anew. */
  composed(member: SimParticipant, content: IncomingContent, insteadOf: MessageId | null): void;
  /** It is on disk, and its author is told so. */
  accepted(member: SimParticipant, id: MessageId): void;
  /** Before and after each step. */
  stepping(member: SimParticipant): void;
  stepped(member: SimParticipant, input: StepInput, effects: readonly Effect[]): void;
  arrives(member: SimParticipant, frame: Frame, source: Source): void;
  /** Before any step: it is no message that counts. */
  refused(member: SimParticipant, frame: Frame, reason: string): void;
  stopped(member: SimParticipant, how: "kill" | "power-cut"): void;
  booted(member: SimParticipant): void;
  /** `from`: index of a member or liar. */
  published(from: number, traffic: Traffic | "lie", frame: Frame): void;
  carried(frame: Frame, to: number, fate: Fate): void;
  /** Whether a Store keeps it. */
  archived(frame: Frame, kept: boolean): void;
}

/** What a member finds around itself. Times are milliseconds since the world began, by a clock nobody there can read. */
export interface Surroundings {
  readonly epoch: number;
  readonly random: Random;
  readonly trace: Trace;
  readonly archive: Archive;
  readonly mutation: Mutation | null;
  readonly observer: Observer;
  readonly watcher: Watcher | null;
  readonly parameters: ChannelParameters;
  readonly profile: "community" | "sds";
  readonly publishFailure: number;
  readonly syncMs: number;
  readonly clockYes: number;
  /** The longest time that a frame takes to be taken in by this member; 0: none. */
  intakeMs(member: SimParticipant): number;
  now(): number;
  after(ms: number, run: () => void): () => void;
  /** Null when the member reaches no service node. */
  publish(member: SimParticipant, traffic: Traffic, bytes: Uint8Array, ephemeral: boolean): Frame | null;
  reachesArchive(member: SimParticipant): boolean;
  changed(member: SimParticipant): void;
}
