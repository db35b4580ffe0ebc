import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeliveryView, LogItem } from "../../channel/api/channel-client.ts";
import { asMessageId, asParticipantId } from "../../sds/wire/ids.ts";
import { ChannelLog } from "./channel-log.ts";

const delivery: DeliveryView = { state: { kind: "sent" }, received: [], audience: [], attempts: 1 };

function message(lamport: number, id = `m${lamport}`): LogItem {
  return {
    ...{ kind: "message", id: asMessageId(id), lamport, author: asParticipantId("s1ada"), mine: true, signed: true },
    ...{ type: "chat", text: id, textKept: true, composedAt: lamport, delivery },
  };
}

const hole = (lamport: number, id: string): LogItem => ({
  ...{ kind: "hole", id: asMessageId(id), lamport, state: "fetching", since: 0 },
});

function logOf(entries: readonly LogItem[], more = false): ChannelLog {
  const log = new ChannelLog();
  log.reset({ entries, more });
  return log;
}

const idsOf = (log: ChannelLog): readonly string[] => log.entries().map(({ id }) => id);

describe("ChannelLog", () => {
  it("is in log order, whatever order a snapshot has", () => {
    const log = logOf([message(5), message(1), message(3, "b"), message(3, "a")]);
    expect(idsOf(log)).toEqual(["m1", "a", "b", "m5"]);
    expect([log.first()?.id, log.last()?.id]).toEqual(["m1", "m5"]);
    expect(log.entries()).not.toBe(log.entries());
  });

  it("does not show again what was removed while an older page was on its way", () => {
    const log = logOf([message(10)], true);
    log.expectPage();
    log.remove(asMessageId("m8"));
    log.prepend({ entries: [message(7), message(8)], more: true });
    expect(idsOf(log)).toEqual(["m7", "m10"]);
    // Only while it was on its way: what a later page holds, was read after that.
    log.expectPage();
    log.prepend({ entries: [message(5), message(6)], more: false });
    expect(idsOf(log)).toEqual(["m5", "m6", "m7", "m10"]);
  });

  it("takes older entries that came meanwhile behind the page, unless the page has them or there is still more before", () => {
    const log = logOf([message(10)], true);
    log.expectPage();
    for (const entry of [message(9), message(7, "late"), message(2), message(8)]) log.put(entry);
    log.prepend({ entries: [message(6), message(8)], more: true });
    expect(idsOf(log)).toEqual(["m6", "late", "m8", "m9", "m10"]);
    expect(log.more).toBe(true);
  });

  it("keeps nothing of a page that failed, or of before a reset", () => {
    for (const end of ["fail", "reset"] as const) {
      const log = logOf([message(10)], true);
      log.expectPage();
      log.put(message(3));
      if (end === "fail") log.pageFailed();
      else log.reset({ entries: [message(10)], more: true });
      log.put(message(4));
      log.expectPage();
      log.prepend({ entries: [message(1)], more: false });
      expect(idsOf(log)).toEqual(["m1", "m10"]);
    }
  });

  it("replaces an entry at its new place, also where that is before what is on screen", () => {
    const log = logOf([hole(4, "x"), message(5)], true);
    log.put(message(9, "x"));
    expect(idsOf(log)).toEqual(["m5", "x"]);
    log.put(message(2, "x"));
    expect(idsOf(log)).toEqual(["m5"]);
  });

  it("updates and removes by id, and what it does not have changes nothing", () => {
    const log = logOf([hole(1, "x"), message(2)]);
    const better: DeliveryView = { ...delivery, attempts: 2 };
    log.updateDelivery(["x", "m2", "gone"].map((id) => ({ id: asMessageId(id), delivery: better })));
    expect(log.entries()[1]).toMatchObject({ id: "m2", delivery: better });
    expect(log.entries()[0]).toEqual(hole(1, "x"));
    log.removeHole(asMessageId("m2"));
    log.removeHole(asMessageId("gone"));
    log.remove(asMessageId("gone"));
    expect(idsOf(log)).toEqual(["x", "m2"]);
    log.removeHole(asMessageId("x"));
    expect(idsOf(log)).toEqual(["m2"]);
  });

  it("shows each id once and in order, whatever comes", () => {
    const entry = fc.record({ id: fc.nat(9), lamport: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(entry), fc.boolean(), (entries, more) => {
        const log = logOf([message(3, "0"), message(6, "1")], more);
        for (const { id, lamport } of entries) log.put(message(lamport, `${id}`));
        const shown = log.entries();
        expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length);
        const places = shown.map(({ lamport, id }) => `${lamport} ${id}`);
        expect(places).toEqual([...places].sort());
      }),
    );
  });
});
