import { expect, it } from "vitest";
import { OneCore } from "../../sds/testing/one-core.ts";
import type { TransportHealth } from "../../transport/port.ts";
import { channelStatus } from "./channel-status.ts";
import { createLife, ownMistake, storageProblem } from "./life.ts";

function statusOf(health: TransportHealth, correctionMs = 0, suggestedMs: number | null = null, historyTrouble = "") {
  const core = new OneCore();
  const life = createLife();
  const look = () =>
    channelStatus({
      state: core.state,
      transport: { health: () => health },
      clock: { correctionMs: () => correctionMs, suggestedMs: () => suggestedMs },
      life,
      reading: { messages: 7, newest: 3, waiting: false },
      historyTrouble,
    });
  return { core, life, look };
}

it("says how the transport is, and that the channel is closed whatever that is", () => {
  const { life, look } = statusOf({ kind: "online", peers: 2 });
  expect(look()).toMatchObject({ connection: "online", peers: 2, reason: "" });
  expect(look().reading).toEqual({ messages: 7, newest: 3, waiting: false });
  life.close();
  expect(look()).toMatchObject({ connection: "closed", reading: null });
  const checked = statusOf({ kind: "checking", peers: 2 });
  expect(checked.look()).toMatchObject({ connection: "checking", peers: 2, reason: "" });
  const offline = statusOf({ kind: "offline", reason: "no network" });
  expect(offline.look()).toMatchObject({ connection: "offline", peers: 0, reason: "no network" });
});

it("says what service nodes do not do, however it is connected, and else what keeps the past from being read", () => {
  const reasonOf = (health: TransportHealth) => statusOf(health, 0, null, "no end").look().reason;
  expect(reasonOf({ kind: "online", peers: 1, reason: "refuses" })).toBe("refuses");
  expect(reasonOf({ kind: "checking", peers: 1, reason: "refuses" })).toBe("refuses");
  expect(reasonOf({ kind: "connecting", reason: "refuses" })).toBe("refuses");
  expect(reasonOf({ kind: "online", peers: 1 })).toBe("no end");
});

it("says what a person added to the device's clock, and what would have to be added instead", () => {
  const status = statusOf({ kind: "connecting" }, -30_000, 60_000).look();
  expect(status).toMatchObject({ clockCorrectionMs: -30_000, clockSuggestionMs: 60_000 });
});

it("counts what waits, own and others'", () => {
  const { core, look } = statusOf({ kind: "connecting" });
  core.say("one");
  core.receive("early", "ben", { lamport: core.now + 60 * 60_000 });
  expect(look()).toMatchObject({ waiting: 1, embargoed: 1, storageProblem: "", mistake: false });
});

it("tells a disk that fails from a mistake of our own", () => {
  const [disk, mistake] = [statusOf({ kind: "connecting" }), statusOf({ kind: "connecting" })];
  disk.life.stop(storageProblem(new Error("The disk is full.")));
  mistake.life.stop(ownMistake(new Error("a defect")));
  expect(disk.look()).toMatchObject({ storageProblem: "The disk is full.", mistake: false });
  expect(mistake.look()).toMatchObject({ storageProblem: "", mistake: true });
});
