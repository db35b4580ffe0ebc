import type { LedgerRow } from "../../sds/io/ledger.ts";
import type { Change, Durability } from "../../sds/io/records.ts";
import { storageWith } from "../../storage/testing/storage-with.ts";
import type { ChannelParts } from "../channel.ts";
import { createCommitQueue } from "../disk/commit-queue.ts";
import { createHistoryReader } from "../receiving/history-reader.ts";
import { createIntake } from "../receiving/intake.ts";
import { createStepRunner, type StepRunner, type WrittenEffect } from "../running/step-runner.ts";
import { createOutbound } from "../sending/outbound.ts";
import { createEventLog } from "../views/event-log.ts";
import type { OrderRule } from "./order-cases.ts";

/** A defect that breaks a rule of order, put between the parts of a channel: the cases of that rule have to find it. */
export interface Breach {
  readonly name: string;
  readonly rule: OrderRule;
  readonly parts: Partial<ChannelParts>;
}

type RunnerOptions = Parameters<typeof createStepRunner>[0];

/** A runner of which `bend` changes the surroundings; it is given what performs. */
function bentRunner(bend: (options: RunnerOptions, perform: (effect: WrittenEffect) => void) => RunnerOptions) {
  return (options: RunnerOptions): StepRunner => {
    let perform = (_effect: WrittenEffect): void => {};
    const runner = createStepRunner(bend(options, (effect) => perform(effect)));
    const start: StepRunner["start"] = (followers) => {
      perform = followers.perform;
      runner.start(followers);
    };
    return { ...runner, start };
  };
}

/** These effects leave while the commit of their step is under way. */
function performsEarly(isEarly: (effect: WrittenEffect) => boolean): Partial<ChannelParts> {
  return {
    createStepRunner: bentRunner((options, perform) => {
      let early: WrittenEffect[] = [];
      return {
        ...options,
        step: (input) => {
          const effects = options.step(input);
          if (effects[0]?.kind !== "commit") return effects;
          early = effects.flatMap((effect) => (effect.kind !== "commit" && isEarly(effect) ? [effect] : []));
          return effects.filter((effect) => effect.kind === "commit" || !isEarly(effect));
        },
        commit: (changes, durability) => {
          const written = options.commit(changes, durability);
          for (const effect of early.splice(0)) perform(effect);
          return written;
        },
      };
    }),
  };
}

const rowsOf = (changes: readonly Change[]): LedgerRow[] =>
  changes.flatMap((change) => (change.op === "put" && change.table === "ledger" ? [change.record] : []));

/** A queue whose groups are written with the durability that `choose` picks. */
function groupsAs(choose: (group: readonly Durability[]) => Durability): Partial<ChannelParts> {
  return {
    createCommitQueue: (options) => {
      let waiting: Durability[] = [];
      const storage = storageWith(options.storage, {
        commit: (channel, changes) => {
          const group = waiting;
          waiting = [];
          return options.storage.commit(channel, changes, choose(group));
        },
      });
      const queue = createCommitQueue({ ...options, storage });
      const commit: typeof queue.commit = (changes, durability) => {
        waiting.push(durability);
        return queue.commit(changes, durability);
      };
      return { ...queue, commit };
    },
  };
}

export const performsBeforeCommit: Breach = {
  name: "effects are performed before their step is committed",
  rule: "O1",
  parts: performsEarly(() => true),
};

export const BREACHES: readonly Breach[] = [
  performsBeforeCommit,
  { name: "a message is sent before it is committed", rule: "O1", parts: performsEarly(({ kind }) => kind === "send") },
  { name: "a sync leaves before its barrier", rule: "O1", parts: performsEarly(({ kind }) => kind === "send-sync") },
  {
    name: "nobody waits for a commit",
    rule: "O1",
    parts: {
      createStepRunner: bentRunner((options) => ({
        ...options,
        commit: (changes, durability) => {
          options.commit(changes, durability).catch(() => {});
          return Promise.resolve();
        },
      })),
    },
  },
  {
    name: "events are told before the commit",
    rule: "O2",
    parts: {
      createStepRunner: bentRunner((options) => ({
        ...options,
        commit: (changes, durability) => {
          options.publish(rowsOf(changes));
          return options.commit(changes, durability);
        },
        publish: () => {},
      })),
    },
  },
  {
    name: "events of one step are told the last first",
    rule: "O2",
    parts: {
      createEventLog: (options) => {
        const log = createEventLog(options);
        return { ...log, publish: (rows) => log.publish([...rows].reverse()) };
      },
    },
  },
  {
    name: "of the events of one step the last is forgotten",
    rule: "O2",
    parts: {
      createEventLog: (options) => {
        const log = createEventLog(options);
        return { ...log, publish: (rows) => log.publish(rows.length > 1 ? rows.slice(0, -1) : rows) };
      },
    },
  },
  {
    name: "every second commit is overtaken",
    rule: "O3",
    parts: {
      createCommitQueue: (options) => {
        const queue = createCommitQueue(options);
        let count = 0;
        const commit: typeof queue.commit = (changes, durability) =>
          ++count % 2 === 0
            ? Promise.resolve().then(() => queue.commit(changes, durability))
            : queue.commit(changes, durability);
        return { ...queue, commit };
      },
    },
  },
  {
    name: "a strict commit is weakened by the group's last",
    rule: "O3",
    parts: groupsAs((all) => all.at(-1) ?? "relaxed"),
  },
  {
    name: "a strict commit is weakened by the group's first",
    rule: "O3",
    parts: groupsAs(([first]) => first ?? "relaxed"),
  },
  { name: "every commit is relaxed", rule: "O3", parts: groupsAs(() => "relaxed") },
  {
    name: "an empty strict commit writes nothing",
    rule: "O3",
    parts: {
      createCommitQueue: (options) => {
        const queue = createCommitQueue(options);
        const commit: typeof queue.commit = (changes, durability) =>
          changes.length === 0 ? queue.idle() : queue.commit(changes, durability);
        return { ...queue, commit };
      },
    },
  },
  {
    name: "the cursor is written before the claims that were read",
    rule: "O4",
    parts: { createIntake: (options) => ({ ...createIntake(options), idle: () => Promise.resolve() }) },
  },
  {
    name: "the cursor is written before anything was read",
    rule: "O4",
    parts: {
      createHistoryReader: (options) => {
        const { transport, clock, onRead } = options;
        return createHistoryReader({
          ...options,
          transport: {
            queryHistory: (query) => {
              if (query.by === "time") onRead(clock.now(), "");
              return transport.queryHistory(query);
            },
          },
        });
      },
    },
  },
  {
    name: "frames of the Store are not waited for",
    rule: "O4",
    parts: {
      createHistoryReader: (options) =>
        createHistoryReader({
          ...options,
          onFrames: (frames) => {
            options.onFrames(frames).catch(() => {});
            return Promise.resolve();
          },
        }),
    },
  },
  {
    name: "closing does not wait for commits",
    rule: "O5",
    parts: { createCommitQueue: (options) => ({ ...createCommitQueue(options), idle: () => Promise.resolve() }) },
  },
  {
    name: "what is written while the channel closes is performed",
    rule: "O5",
    parts: {
      createStepRunner: bentRunner((options) => ({ ...options, life: { ...options.life, isClosed: () => false } })),
      createOutbound: (options) => ({ ...createOutbound(options), close: () => {} }),
    },
  },
  {
    name: "what is being encrypted leaves although the channel is closed",
    rule: "O5",
    parts: { createOutbound: (options) => ({ ...createOutbound(options), close: () => {} }) },
  },
  {
    name: "the history reader goes on after the end",
    rule: "O5",
    parts: { createHistoryReader: (options) => ({ ...createHistoryReader(options), close: () => {} }) },
  },
  {
    name: "events are told after the end",
    rule: "O5",
    parts: { createEventLog: (options) => ({ ...createEventLog(options), close: () => {} }) },
  },
  {
    name: "storage goes before the commits that are under way",
    rule: "O6",
    parts: { createCommitQueue: (options) => ({ ...createCommitQueue(options), idle: () => Promise.resolve() }) },
  },
  {
    name: "a commit that failed is taken for done",
    rule: "O7",
    parts: {
      createStepRunner: bentRunner((options) => ({
        ...options,
        commit: (changes, durability) => options.commit(changes, durability).catch(() => {}),
      })),
    },
  },
  {
    name: "the channel runs on after a commit failed",
    rule: "O7",
    parts: { createCommitQueue: (options) => createCommitQueue({ ...options, onFailure: () => {} }) },
  },
];
