import { expect, test } from "vitest";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import { createChannelState } from "../../sds/channel-state.ts";
import type { LedgerRow } from "../../sds/io/ledger.ts";
import type { StepInput } from "../../sds/io/step-input.ts";
import { CHANNEL_PARAMETER_DEFAULTS, HORIZON_MS } from "../../sds/parameters/parameters.ts";
import { checkedStep } from "../../sds/testing/checked-step.ts";
import { asChannelId } from "../../sds/wire/ids.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { createBodyCache } from "../disk/body-cache.ts";
import { createAuthoring } from "./authoring.ts";

/** Messages of one author whom the protocol asks to compose anew what waited for a day, at the moment that a test says. */
function authorOfOneChannel() {
  const channelId = asChannelId("AAECAwQFBgcICQoLDA0ODw");
  const signer = createNobleSigner(new Uint8Array(32).fill(1));
  const self = senderIdOf(channelId, signer.publicKey);
  const state = createChannelState({
    ...{ channelId, self, publicKey: signer.publicKey, profile: "community" },
    parameters: CHANNEL_PARAMETER_DEFAULTS,
  });
  const bodies = createBodyCache(createMemoryStorage(), channelId);
  const time = { now: 1_760_000_000_000 };
  const environment = () => ({ now: time.now, random: () => 0.5 });
  const rows: LedgerRow[] = [];

  /** As the channel does it: what a step asks for comes after its writes. */
  function dispatch(input: StepInput): Promise<void> {
    for (const effect of checkedStep(state, input, environment())) {
      if (effect.kind === "compose-anew") authoring.composeAnew(effect.ids, effect.voided);
      if (effect.kind !== "commit") continue;
      bodies.apply(effect.changes);
      for (const change of effect.changes) {
        if (change.op === "put" && change.table === "ledger") rows.push(change.record);
      }
    }
    return Promise.resolve();
  }
  const author = { channelId, self, signer };
  const authoring = createAuthoring({ state, author, bodies, environment, dispatch });
  return {
    state,
    authoring,
    rows,
    say: (text: string) => authoring.send({ requestId: text, type: "chat", text }),
    /** A day later there is a connection, so what never left is to be composed anew. */
    comesOnlineTooLate: () => {
      time.now += HORIZON_MS + 1;
      void dispatch({ kind: "connection", online: true });
    },
  };
}

//= protocol: ANEW-2, ANEW-3
test("what is said while an older one is to be composed anew builds on what comes out of that, and stays as it is", async () => {
  const { state, authoring, rows, say, comesOnlineTooLate } = authorOfOneChannel();
  const old = await say("waited for a day");
  // Its turn came before the protocol asked; it is taken after.
  const saying = say("said now");
  comesOnlineTooLate();
  const { id } = await saying;
  const anew = authoring.currentId(old.id);
  expect(anew).not.toBe(old.id);
  expect(state.log.entries.get(id)?.parents.map((parent) => parent.id)).toEqual([anew]);
  expect(authoring.currentId(id)).toBe(id);
  expect(rows.filter(({ kind }) => kind === "withdrawn").map(({ ids }) => ids)).toEqual([[old.id]]);
});

//= protocol: ANEW-5
test("what is deleted while it is to be composed anew is deleted under its new id", async () => {
  const { state, authoring, say, comesOnlineTooLate } = authorOfOneChannel();
  const old = await say("regretted");
  const deleting = authoring.takeBack("withdraw", old.id);
  comesOnlineTooLate();
  await deleting;
  const anew = authoring.currentId(old.id);
  expect(anew).not.toBe(old.id);
  // Composed anew it leaves at once, so that it may be out there: it is deleted here only.
  expect([...state.log.entries].map(([id, { removed }]) => ({ id, removed }))).toEqual([{ id: anew, removed: true }]);
});
