import { expect, it } from "vitest";
import type { SyncDraft } from "../../sds/io/effect.ts";
import { asMessageId } from "../../sds/wire/ids.ts";
import { performEffect } from "./perform-effect.ts";
import type { WrittenEffect } from "./step-runner.ts";

const [A, B] = [asMessageId("a"), asMessageId("b")];
const SYNC: SyncDraft = {
  ...{ messageId: A, lamport: 1, causalHistory: [], repairRequests: [], bloomFilter: undefined, completeSince: 0 },
  ...{ receiptsWantedFrom: null, checkpoint: false },
};

it.each<[WrittenEffect, string, readonly unknown[]]>([
  [{ kind: "send", id: A, attempt: 3 }, "content", [A, 3]],
  [{ kind: "repair", id: A }, "repair", [A]],
  [{ kind: "send-sync", sync: SYNC }, "sync", [SYNC]],
  [{ kind: "compose-anew", ids: [A, B], voided: B }, "composeAnew", [[A, B], B]],
  [
    { kind: "fetch", wanted: [{ id: A, hint: undefined, lamport: 5 }] },
    "fetch",
    [[{ id: A, hint: undefined, lamport: 5 }]],
  ],
  [{ kind: "reject", reason: "buffer-full" }, "refuse", ["buffer-full"]],
])("hands %j to its part", (effect, name, values) => {
  const calls: [string, ...unknown[]][] = [];
  const note =
    (what: string) =>
    (...given: unknown[]) =>
      void calls.push([what, ...given]);
  const noteLater =
    (what: string) =>
    async (...given: unknown[]) =>
      note(what)(...given);
  performEffect(
    {
      outbound: { content: noteLater("content"), repair: noteLater("repair"), sync: noteLater("sync") },
      authoring: { composeAnew: note("composeAnew") },
      history: { fetch: note("fetch") },
      refuse: note("refuse"),
    },
    effect,
  );
  expect(calls).toEqual([[name, ...values]]);
});
