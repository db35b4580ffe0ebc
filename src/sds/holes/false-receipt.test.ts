// To src/sds/holes/. Red on main, green with the fix in heads.ts.
import { expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId } from "../wire/ids.ts";

const id = asMessageId;
const MINUTE = 60_000;
//= protocol: SINCE-3
test("who delivers something past a message that came late and waits says so, also when a false edge had it declared lost", () => {
  const [v, ada] = [new OneCore(), new OneCore()];
  for (const core of [v, ada]) {
    core.online();
    core.wait(1_000);
  }
  const R = ada.say("R");
  const r = ada.state.log.entries.get(R)?.lamport ?? 0;
  const t = r + 5;
  const p = { lamport: t, parents: [{ id: R, lamport: r }] };
  const c = {
    lamport: t + 10,
    parents: [
      { id: id("P"), lamport: t },
      { id: id("Q"), lamport: t + 1 },
    ],
  };
  ada.receive("P", "eve", p);
  ada.receive("Q", "ann", { lamport: t + 1 });
  ada.receive("C", "ben", c);
  v.receive("D", "liar", { parents: [{ id: id("P"), lamport: t - MINUTE }] });
  v.wait(9 * MINUTE);
  v.receive("C", "ben", c);
  v.wait(2 * MINUTE);
  v.receive("P", "eve", p);
  v.receive("Q", "ann", { lamport: t + 1 });
  v.take("send-sync");
  v.wait(MINUTE);
  ada.wait(12 * MINUTE);
  const [said] = v.take("send-sync").slice(-1);
  if (said === undefined) throw new Error("V said nothing.");
  const { causalHistory, lamport, completeSince } = said.sync;
  ada.hear(
    "V",
    causalHistory.map(({ messageId }) => messageId),
    { lamport, completeSince },
  );
  expect(v.state.log.entries.has(R)).toBe(false);
  const credits = ada.state.participants.byId.get(asParticipantId("V"))?.credits;
  expect(credits?.has(ada.state.log.entries.get(R)?.number ?? -1)).toBe(false);
});
