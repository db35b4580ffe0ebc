import type { ChannelState } from "../channel-state.ts";
import { comparePlaces } from "../collections/ordered-log.ts";
import { receivedBy } from "../evidence/received-by.ts";
import { completeSince } from "../holes/holes.ts";
import type { Effect } from "../io/effect.ts";
import type { LedgerRow } from "../io/ledger.ts";
import type { Environment } from "../io/step-context.ts";
import type { IncomingContent, StepInput } from "../io/step-input.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../parameters/parameters.ts";
import { restore } from "../restore.ts";
import { nextWakeAt } from "../schedules.ts";
import { asChannelId, asMessageId, asParticipantId } from "../wire/ids.ts";
import { checkedStep } from "./checked-step.ts";
import type { EvidenceExample, GraphMessage, OrderExample, OrderStep } from "./graph-vectors.ts";

const START = 1_760_000_000_000;

/** What the core makes of an example of evidence, in the form of its `receivedBy`. */
export function runEvidence(example: EvidenceExample): Record<string, readonly string[]> {
  const observer = new Observer(example.profile);
  let lamport = 0;
  for (const event of example.events) {
    if ("receive" in event) observer.receive(event.receive);
    else observer.hear(event.claim, ++lamport);
  }
  const { entries } = observer.state.log;
  const { all: participants } = observer.state.participants;
  const names = (indexes: Iterable<number>) => [...indexes].map((index) => `${participants[index]?.id}`).sort();
  return Object.fromEntries(
    [...entries.values()].map((entry) => [
      entry.id,
      names([...receivedBy(observer.state, entry)].filter((index) => index !== 0)),
    ]),
  );
}

/** What the core makes of an example of order, in the form of its steps and log. */
export function runOrder(example: OrderExample): Pick<OrderExample, "steps" | "log"> {
  const observer = new Observer("community");
  const steps = example.steps.map((given): OrderStep => {
    observer.passTo(given.at);
    if (given.receive !== null) observer.receive(given.receive);
    const { state } = observer;
    return {
      at: given.at,
      receive: given.receive,
      delivers: observer.takeDelivered(),
      heads: [...state.log.heads].sort(comparePlaces).map((entry) => entry.id),
      holes: observer.holes(),
      completeSince: completeSince(state) - START,
    };
  });
  return { steps, log: [...observer.state.log.order].map((entry) => entry.id) };
}

/** One participant who is online all the time and only listens. */
class Observer {
  readonly state: ChannelState;
  #now = START;
  #delivered: string[] = [];

  constructor(profile: "community" | "sds") {
    const identity = {
      channelId: asChannelId("channel"),
      self: asParticipantId("observer"),
      publicKey: Uint8Array.of(0),
      profile,
      parameters: CHANNEL_PARAMETER_DEFAULTS,
    };
    const empty = { messages: [], outbox: [], participants: [], holes: [], meta: {} };
    this.state = restore(identity, empty, this.#env()).state;
    this.#step({ kind: "connection", online: true });
  }

  receive(message: GraphMessage): void {
    this.#step({ kind: "receive-content", content: contentOf(message), claim: null, source: "live", hint: undefined });
  }

  hear(claim: { by: string; lists: readonly string[]; completeSince: number }, order: number): void {
    this.#step({
      kind: "receive-sync",
      source: "live",
      claim: {
        ...{ sender: asParticipantId(claim.by), signed: true, publicKey: keyOf(claim.by), by: "sync" },
        lamport: START + order,
        completeSince: START + claim.completeSince,
        listed: claim.lists.map((id) => ({ messageId: asMessageId(id) })),
        ...{ repairRequests: [], receiptsWantedFrom: null },
      },
    });
  }

  /** Lets time pass, with every wake that the core asks for. */
  passTo(at: number): void {
    for (;;) {
      const wakeAt = nextWakeAt(this.state, this.#now);
      if (wakeAt > START + at) break;
      this.#now = Math.max(this.#now + (wakeAt <= this.#now ? 1 : 0), wakeAt);
      this.#step({ kind: "wake" });
    }
    this.#now = START + at;
    this.#step({ kind: "wake" });
  }

  takeDelivered(): string[] {
    return this.#delivered.splice(0);
  }

  holes(): Record<string, "fetching" | "lost"> {
    const shown = [...this.state.holes.missing.values()].flatMap(({ id, state }) =>
      state === null ? [] : [[id, state]],
    );
    return Object.fromEntries(shown);
  }

  #step(input: StepInput): void {
    for (const effect of checkedStep(this.state, input, this.#env())) this.#note(effect);
  }

  #note(effect: Effect): void {
    if (effect.kind !== "commit") return;
    for (const change of effect.changes) {
      if (change.op === "put" && change.table === "ledger") this.#noteRow(change.record);
    }
  }

  #noteRow(row: LedgerRow): void {
    if (row.kind === "delivered") this.#delivered.push(...row.ids);
  }

  #env(): Environment {
    return { now: this.#now, random: () => 0.5 };
  }
}

function contentOf({ id, author, lamport, parents, signed = true }: GraphMessage): IncomingContent {
  return {
    id: asMessageId(id),
    lamport: START + lamport,
    sender: asParticipantId(author),
    ...{ signed, publicKey: signed ? keyOf(author) : null, authorSeq: null, type: 1, composedAt: START + lamport },
    parents: Object.entries(parents).map(([parent, at]) => ({
      id: asMessageId(parent),
      lamport: at === null ? null : START + at,
    })),
    bytes: new Uint8Array(1),
    profileName: null,
  };
}

function keyOf(name: string): Uint8Array {
  return Uint8Array.from(name, (character) => character.charCodeAt(0));
}
