import { equalBytes } from "../../identity/bytes/equal-bytes.ts";
import { inTime } from "../../identity/keys/verdict-in-time.ts";
import { verdictOf as engineVerdictOf, type VerdictOf } from "../../identity/keys/verdicts.ts";
import type { Clock } from "../../runtime/port.ts";
import type { ChannelState } from "../../sds/channel-state.ts";
import type { IncomingClaim, Source, StepInput } from "../../sds/io/step-input.ts";
import { type CopyPlace, placeOf } from "../../sds/log/lower-copy.ts";
import { addsNothing, isCopyWorthComparing } from "../../sds/receive/receive-claim.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import type { InboundFrame, LiveFrame } from "../../transport/port.ts";
import type { EphemeralView } from "../api/channel-client.ts";
import { createBacklog } from "../disk/backlog.ts";
import type { BodyCache } from "../disk/body-cache.ts";
import type { CommitQueue } from "../disk/commit-queue.ts";
import { createEphemeralGate } from "./ephemeral-gate.ts";
import { createHeldHashes } from "./held-hashes.ts";
import { type Incoming, inputOf, readIncoming, type TrailerToVerify } from "./incoming.ts";
import { createIntakeLine } from "./intake-line.ts";
import { createOpening, type ToOpen } from "./opening.ts";
import type { HeardSync } from "./others-clocks.ts";
import { createTrailerQueue } from "./trailer-queue.ts";

/** What comes in: decrypted, decoded, verified, and given to the protocol. */
export interface Intake {
  /** A frame that was pushed just now. */
  live(frame: LiveFrame): void;
  /** A page of frames out of a Store; resolves when the next one may follow. */
  fromStore(frames: readonly InboundFrame[]): Promise<void>;
  /** For so many milliseconds the oldest frame that was pushed, and is not taken in yet, has waited; 0: none waits. */
  lagMs(): number;
  /** Resolves when what all senders said of themselves so far was verified and applied. */
  idle(): Promise<void>;
  /** Whether the frame with this Waku hash was taken in lately, and nothing would follow from it now. */
  isHeld(hash: Uint8Array): boolean;
  close(): void;
}

export interface IntakeOptions {
  readonly state: ChannelState;
  readonly key: Uint8Array;
  readonly clock: Clock;
  /** The clock by which frames arrive. Default: `clock`, where nobody corrected it. */
  readonly deviceNow?: () => number;
  readonly bodies: BodyCache;
  readonly commits: Pick<CommitQueue, "isLong" | "commit">;
  /** To the protocol; what it commits is not waited for, so that receives are committed in groups. */
  readonly dispatch: (input: StepInput) => void;
  readonly refuse: (reason: string) => void;
  readonly onEphemeral: (message: EphemeralView) => void;
  /** A sync by somebody else that was pushed to us, before the protocol acts on it. */
  readonly onLiveSync: (sync: HeardSync) => void;
  /** Default: those of this engine. */
  readonly verdictOf?: VerdictOf;
}

/** Of a page in one go; then whoever reads waits for what cannot keep up, a disk or the verdicts on trailers. */
const FRAMES_IN_A_ROW = 100;
/** The same in bytes, as that is what piles up before a slow disk: a hundred short messages have a tenth of it. */
const ROW_BYTES = 1024 * 1024;

export function createIntake(options: IntakeOptions): Intake {
  const { state, key, clock, bodies, commits, dispatch, refuse, onEphemeral, onLiveSync } = options;
  const { channelId, self, profile } = state.identity;
  const deviceNow = options.deviceNow ?? clock.now;
  const ephemerals = createEphemeralGate();
  const context = { channelId, profile, held: heldPlace };
  const verdicts = inTime(options.verdictOf ?? engineVerdictOf, clock);
  const { verdictOf } = verdicts;
  const opening = createOpening({ key, context, verdictOf });
  const line = createIntakeLine();
  let taking: Promise<void> = Promise.resolve();
  const waiting = createBacklog();
  const held = createHeldHashes();
  let closed = false;

  const trailers = createTrailerQueue({
    clock,
    verdictOf,
    isBusy: () => waiting.count > 0,
    addsNothing: ({ claim }) => addsNothing(state, claim),
    apply: (trailer) => dispatch(inputOf(trailer, deviceNow())),
    refuse,
  });

  /** Frames are taken in one after the other, in the order in which they came. `arrivedAt` is null out of a Store. */
  function take(frame: InboundFrame, arrivedAt: number | null): Promise<void> {
    const bytes = frame.payload.length;
    waiting.add(bytes);
    if (arrivedAt !== null) line.join(arrivedAt);
    const toOpen = opening.add(frame, arrivedAt === null ? "store" : "live");
    const taken = taking.then(async () => {
      if (await takeNow(toOpen, arrivedAt)) held.note(frame.hash);
    });
    taking = taken
      .catch(() => {})
      .then(() => {
        waiting.remove(bytes);
        if (arrivedAt !== null) line.leave();
      });
    return taken;
  }

  /** True: were it to come once more, nothing would follow from it. */
  async function takeNow(toOpen: ToOpen, arrivedAt: number | null): Promise<boolean> {
    const { frame, source } = toOpen;
    const opened = await opening.take(toOpen);
    if (closed) return false;
    if (source === "live" && commits.isLong()) {
      refuse("inbound-full");
      return false;
    }
    if (opened === null) {
      refuse("undecryptable");
      return true;
    }
    const { bytes } = opened;
    const incoming = readIncoming(opened, source, frame.hash, context);
    switch (incoming.kind) {
      case "refused":
        refuse(incoming.reason);
        return true;
      case "sync":
        return trailers.add(arrivedAt === null ? incoming.trailer : heardAt(incoming.trailer, arrivedAt));
      case "ephemeral":
        takeEphemeral(incoming.message);
        return true;
      case "copy":
        await takeCopy(incoming, bytes, source, frame.hash);
        return isSettled(incoming.id, source);
      case "input":
        dispatch(incoming.input);
        if (incoming.trailer !== null) trailers.add(incoming.trailer);
        return incoming.input.kind !== "receive-content" || isSettled(incoming.input.content.id, source);
    }
  }

  /** In the log; and if it is our own, a Store has given it, by which we know that one has it. */
  function isSettled(id: MessageId, source: Source): boolean {
    const entry = state.log.entries.get(id);
    return entry !== undefined && (source === "store" || entry.author.id !== self);
  }

  function heldPlace(id: MessageId): CopyPlace | undefined {
    const entry = state.log.entries.get(id);
    return entry === undefined ? undefined : placeOf(entry);
  }

  /** At once, and to nobody else: no order, no acks, no log. */
  function takeEphemeral(message: EphemeralView): void {
    if (message.author === self) return;
    const verdict = ephemerals.judge(message, clock.now());
    if (verdict === "old") refuse("ephemeral-old");
    if (verdict === "new") onEphemeral(message);
  }

  /** The same message once more: a copy with other bytes counts only if all its signatures hold. */
  async function takeCopy(
    { id, trailer }: Extract<Incoming, { kind: "copy" }>,
    bytes: Uint8Array,
    source: Source,
    hint: Uint8Array,
  ): Promise<void> {
    const compared = isCopyWorthComparing(state, id, source, trailer !== null);
    const stored = compared ? await bodies.bytes(id) : null;
    const whole = stored !== null && equalBytes(stored, bytes);
    dispatch({ kind: "seen-again", id, source, hint, whole });
    if (stored !== null && !whole && trailer !== null) trailers.add(trailer);
  }

  function heardAt(trailer: TrailerToVerify, arrivedAt: number): TrailerToVerify {
    const verify: TrailerToVerify["verify"] = async (verdictOf) => {
      const problem = await trailer.verify(verdictOf);
      if (problem === null && !closed) hear(trailer.claim, arrivedAt);
      return problem;
    };
    return { ...trailer, arrivedAt, verify };
  }

  /** Its signature holds. One of our own that comes back adds nothing (`addsNothing`) and is not verified: this holds without that, too. */
  function hear({ sender, signed, lamport, listed }: IncomingClaim, arrivedAt: number): void {
    // What was acted on before is played back.
    if (lamport <= (state.participants.byId.get(sender)?.lastClaimLamport ?? -1)) return;
    if (!signed || sender === self) return;
    onLiveSync({ signer: sender, signedAt: lamport, arrivedAt, named: listed.map(({ messageId }) => messageId) });
  }

  return {
    live: (frame) => {
      // The newest are dropped, and come again by resend or from the Store.
      if (!waiting.hasRoomFor(frame.payload.length)) refuse("inbound-full");
      else take(frame, frame.arrivedAt).catch(() => {});
    },
    fromStore: async (frames) => {
      for (const row of rowsOf(frames)) {
        await Promise.all(row.map((frame) => take(frame, null)));
        if (trailers.isLong()) await trailers.idle();
        if (commits.isLong()) await commits.commit([], "relaxed");
      }
    },
    lagMs: () => {
      // A sync is taken in when its trailer is, and that waits in a line of its own.
      const since = Math.min(line.since() ?? Number.POSITIVE_INFINITY, trailers.since() ?? Number.POSITIVE_INFINITY);
      return Math.max(0, deviceNow() - since);
    },
    idle: () => trailers.idle(),
    isHeld: held.has,
    close: () => {
      closed = true;
      opening.close();
      trailers.close();
      verdicts.close();
    },
  };
}

/** What is taken in one go, in order. */
function* rowsOf(frames: readonly InboundFrame[]): Generator<readonly InboundFrame[]> {
  let row: InboundFrame[] = [];
  let bytes = 0;
  for (const frame of frames) {
    row.push(frame);
    bytes += frame.payload.length;
    if (row.length < FRAMES_IN_A_ROW && bytes < ROW_BYTES) continue;
    yield row;
    [row, bytes] = [[], 0];
  }
  if (row.length > 0) yield row;
}
