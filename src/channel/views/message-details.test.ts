import { expect, test } from "vitest";
import { emptySummary, summaryWith } from "../../sds/io/message-summary.ts";
import { OneCore } from "../../sds/testing/one-core.ts";
import { asMessageId } from "../../sds/wire/ids.ts";
import { messageDetails } from "./message-details.ts";

test("an unsigned claim that is said again after a restart is shown once, with its first time", () => {
  const core = new OneCore({}, "sds");
  core.online();
  core.receive("m", "ann");
  const said = core.now;
  const unsigned = { signed: false, publicKey: null, completeSince: Number.POSITIVE_INFINITY };
  core.hear("plain", ["m"], unsigned);
  core.restart();
  core.online();
  core.wait(1_000);
  core.hear("plain", ["m"], unsigned);
  const entry = core.state.log.entries.get(asMessageId("m"));
  if (entry === undefined) throw new Error("It is not held.");
  const { evidence, delivery } = messageDetails(
    core.state,
    entry,
    summaryWith(emptySummary(entry.id), core.tables.ledger),
  );
  expect(evidence).toMatchObject([{ participant: "plain", signed: false, at: said }]);
  expect(delivery.received).not.toContain("plain");
});
