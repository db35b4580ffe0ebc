import fc from "fast-check";
import { expect, test } from "vitest";
import { asMessageId, asParticipantId } from "./ids.ts";
import { MAX_BUFFERED_BYTES, MAX_BUFFERED_BYTES_PER_SENDER, MAX_BUFFERED_PER_SENDER } from "./limits.ts";
import { OneCore } from "./testing/one-core.ts";
import { createWaitingRoom } from "./waiting-room.ts";

function entriesOf(count: number) {
  const core = new OneCore();
  core.online();
  for (let index = 0; index < count; index++) core.receive(`m${index}`, ["ada", "ben", "cleo"][index % 3] ?? "");
  return [...core.state.log];
}

test("has room exactly as long as a count of all that wait says so", () => {
  const entries = entriesOf(9);
  const MIB = 1024 * 1024;
  const act = fc.record({ index: fc.nat(8), mib: fc.constantFrom(1, 2, 4, 8), comes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const room = createWaitingRoom();
      const waiting = new Map<(typeof entries)[number], { sender: string; bytes: number }>();
      for (const { index, mib, comes } of acts) {
        const entry = entries[index];
        if (entry === undefined) throw new Error("no entry");
        if (comes && !waiting.has(entry)) {
          entry.size = mib * MIB;
          room.add(entry);
          waiting.set(entry, { sender: entry.author.id, bytes: entry.size });
          // Changes while it waits do not confuse the account.
          entry.size = 1;
        } else if (!comes) {
          room.delete(entry);
          waiting.delete(entry);
        }
        const all = [...waiting.values()];
        const sum = (of: readonly { bytes: number }[]) => of.reduce((total, { bytes }) => total + bytes, 0);
        for (const sender of ["ada", "ben", "dan"]) {
          const his = all.filter((share) => share.sender === sender);
          const fits = sum(all) + MIB <= MAX_BUFFERED_BYTES && sum(his) + MIB <= MAX_BUFFERED_BYTES_PER_SENDER;
          expect(room.hasRoom(asParticipantId(sender), MIB)).toBe(fits);
        }
        expect([...room]).toEqual([...waiting.keys()]);
        expect(room.size).toBe(waiting.size);
      }
    }),
  );
});

test("of one sender so many wait, and the next is refused until one of them is delivered", () => {
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
  expect(core.state.buffered.size).toBe(MAX_BUFFERED_PER_SENDER);
});
