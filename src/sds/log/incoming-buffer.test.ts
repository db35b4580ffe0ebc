import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_BUFFERED_PER_SENDER } from "../parameters/limits.ts";
import { createParticipant } from "../participants/participant.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId } from "../wire/ids.ts";
import { IncomingBuffer } from "./incoming-buffer.ts";
import type { LogEntry } from "./log-entry.ts";
import { ownEntry } from "./own.ts";

const SENDERS = [0, 1, 2].map((index) => createParticipant(index, asParticipantId(`p${index}`), null));

function entry(number: number, sender: number, size: number): LogEntry {
  const author = SENDERS[sender];
  if (author === undefined) throw new Error("No such sender.");
  return {
    ...{ id: asMessageId(`m${number}`), lamport: number, author, mine: false, signed: true, authorSeq: 1, type: 1 },
    ...{ composedAt: 0, parents: [], receivedAt: 0, size, number, status: "buffered", hint: undefined, audience: [] },
    ...{
      blocking: 1,
      dependents: null,
      deliveredChildren: 0,
      timesListedBare: 0,
      removed: false,
      trailerHolds: false,
      namedByOthers: false,
    },
  };
}

describe("IncomingBuffer", () => {
  it("gives back what an entry took up when it came, though another copy of it has other bytes", () => {
    const room = new IncomingBuffer();
    const waiting = entry(1, 0, 100);
    room.add(waiting, 5);
    ownEntry(waiting).size = 70;
    room.delete(waiting);
    expect([room.bytes, room.size, room.loadOf(waiting.author).bytes]).toEqual([0, 0, 0]);
  });

  it("counts what it holds, in all and by sender, as if it counted anew each time", () => {
    const move = fc.record({ number: fc.nat(19), leave: fc.boolean() });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 80 }), (moves) => {
        const room = new IncomingBuffer();
        const entries = Array.from({ length: 20 }, (_, number) => entry(number, number % 3, 10 + number));
        const inside = new Set<LogEntry>();
        for (const { number, leave } of moves) {
          const moved = entries[number] as LogEntry;
          if (leave) room.delete(moved);
          else room.add(moved, 100 * (number % 7));
          if (leave) inside.delete(moved);
          else inside.add(moved);
        }
        expect([...room]).toEqual([...inside]);
        expect(room.bytes).toBe([...inside].reduce((sum, { size }) => sum + size, 0));
        for (const sender of SENDERS) {
          const theirs = [...inside].filter(({ author }) => author === sender);
          const bytes = theirs.reduce((sum, { size }) => sum + size, 0);
          expect(room.loadOf(sender)).toEqual({ count: theirs.length, bytes });
        }
        expect(room.nextDeadline()).toBe(Math.min(...[...inside].map((waiting) => room.deadlineOf(waiting))));
        const overdue = [...inside].filter((waiting) => room.deadlineOf(waiting) <= 300);
        expect(room.overdue(300)).toEqual(overdue.sort((a, b) => a.number - b.number));
      }),
    );
  });
});

//= protocol: RECEIVE-4, LIMIT-6
it("lets so many of one sender wait, and refuses the next until one of them is delivered", () => {
  const core = new OneCore();
  core.online();
  const lamport = core.now;
  const late = (index: number) =>
    core.receive(`late ${index}`, "ben", { parents: [{ id: asMessageId(`p${index}`), lamport: lamport - 1 }] });
  for (let index = 0; index < MAX_BUFFERED_PER_SENDER; index++) late(index);
  expect(core.take("reject")).toEqual([]);
  late(MAX_BUFFERED_PER_SENDER);
  expect(core.take("reject")).toEqual([{ kind: "reject", reason: "buffer-full" }]);
  core.receive("p0", "ada", { lamport: lamport - 1 });
  late(MAX_BUFFERED_PER_SENDER);
  expect(core.take("reject")).toEqual([]);
  expect(core.state.log.buffered.size).toBe(MAX_BUFFERED_PER_SENDER);
});
