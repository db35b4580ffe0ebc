import { describe, expect, it } from "vitest";
import { MAX_SETTLED_KEPT } from "../parameters/limits.ts";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { OneCore } from "../testing/one-core.ts";
import type { MessageId } from "../wire/ids.ts";

/** Ben confirms so many own messages, in order. */
function confirmed(count: number, core = new OneCore()): { core: OneCore; ids: MessageId[] } {
  core.online();
  core.hear("ben", []);
  const ids: MessageId[] = [];
  for (let n = 0; n < count; n++) {
    const id = core.say(`${n}`);
    core.taken();
    core.now += 10;
    core.hear("ben", [id]);
    ids.push(id);
  }
  return { core, ids };
}

const records = (core: OneCore) => core.tables.load().outbox;
const requests = (core: OneCore) =>
  new Set([...core.state.outbox.items.values()].map(({ requestId }) => requestId).filter((id) => id !== ""));

describe("own messages that were confirmed", () => {
  //= protocol: STATE-11
  it("keep their records, of which the newest are there after a restart with their request ids, and no more", () => {
    const { core, ids } = confirmed(MAX_SETTLED_KEPT + 3);
    expect(records(core)).toHaveLength(MAX_SETTLED_KEPT);
    const open = core.say("nobody has this");
    core.restart();
    expect(requests(core)).toEqual(new Set([...ids.slice(3), open]));
    expect(core.state.outbox.items.size).toBe(ids.length + 1);
    expect(core.state.outbox.settled.size).toBe(MAX_SETTLED_KEPT);
    for (const id of ids) expect(core.state.outbox.items.get(id)?.stage).toBe("settled");
    expect(core.state.outbox.items.get(open)?.stage).toBe("queued");
    // In the order in which they were accepted.
    expect([...core.state.outbox.items.keys()]).toEqual([...ids, open]);
  });

  it("are not sent again, and stay confirmed, though their records are gone", () => {
    const { core, ids } = confirmed(MAX_SETTLED_KEPT + 1);
    core.restart();
    core.online();
    core.wait(3_600_000);
    expect(core.taken()).toEqual([]);
    core.step({ kind: "send-again", id: ids[0] as MessageId });
    core.step({ kind: "stop-sending", id: ids[0] as MessageId });
    core.wait(3_600_000);
    expect(core.taken()).toEqual([]);
    expect(records(core)).toHaveLength(MAX_SETTLED_KEPT);
  });

  it("keep the share that their author asked for", () => {
    const core = new OneCore();
    core.online();
    core.hear("ben", []);
    const id = core.say("for all", { type: MESSAGE_TYPE.chat, levelPercent: 70 });
    core.taken();
    core.hear("ben", [id]);
    confirmed(MAX_SETTLED_KEPT, core);
    for (let start = 0; start < 3; start++) {
      core.restart();
      expect(core.state.outbox.items.get(id)?.levelPercent).toBe(70);
      expect(records(core).some((record) => record.id === id)).toBe(false);
    }
    expect(core.tables.message.get(id)?.levelPercent).toBe(70);
  });

  it("of a database that kept all of them lose the records that are too many, also when a start dies meanwhile", () => {
    const { core, ids } = confirmed(MAX_SETTLED_KEPT + 3);
    const [kept] = records(core);
    if (kept === undefined) throw new Error("There is no record");
    // As an earlier version wrote them.
    for (const [n, id] of ids.slice(0, 3).entries()) {
      const share = n === 1 ? { levelPercent: 40 } : {};
      core.tables.apply([{ op: "put", table: "outbox", record: { ...kept, ...share, id, requestId: id } }]);
    }
    core.restart(undefined, 1);
    expect(records(core)).toHaveLength(MAX_SETTLED_KEPT + 2);
    core.restart(undefined, 99);
    expect(records(core)).toHaveLength(MAX_SETTLED_KEPT);
    core.restart(undefined, 99);
    expect(requests(core)).toEqual(new Set(ids.slice(3)));
    expect(core.state.outbox.items.get(ids[1] as MessageId)?.levelPercent).toBe(40);
  });

  it("write nothing that brings a record back", () => {
    const core = new OneCore();
    core.online();
    core.hear("ben", []);
    const id = core.say("slow");
    const [sent] = core.take("send");
    core.hear("ben", [id]);
    confirmed(MAX_SETTLED_KEPT, core);
    expect(records(core).some((record) => record.id === id)).toBe(false);
    core.step({
      kind: "attempt-result",
      id,
      attempt: sent?.attempt ?? 1,
      outcome: { ok: true, hint: new Uint8Array(32) },
    });
    expect(records(core).some((record) => record.id === id)).toBe(false);
  });
});
