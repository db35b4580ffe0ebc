import { describe, expect, it } from "vitest";
import type { Change } from "../../sds/io/records.ts";
import { OneCore } from "../../sds/testing/one-core.ts";
import { asMessageId, type MessageId } from "../../sds/wire/ids.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { storageWith } from "../../storage/testing/storage-with.ts";
import { createOldTexts } from "./old-texts.ts";

const COUNT = 1_500;

/** A channel of 1,500 messages, of which all but the newest 1,000 may go; the first hundred bodies are gone already. */
async function oldTexts() {
  const core = new OneCore();
  const { channelId } = core.state.identity;
  const ids = Array.from({ length: COUNT }, (_, n) => asMessageId(`m${n}`));
  ids.forEach((id, n) => {
    core.receive(id, "ben", {
      lamport: core.now - COUNT + n,
      parents: n === 0 ? [] : [{ id: asMessageId(`m${n - 1}`), lamport: core.now - COUNT + n - 1 }],
    });
  });
  const inner = createMemoryStorage();
  const bodies = ids
    .slice(100)
    .map((id): Change => ({ op: "put", table: "body", record: { id, bytes: new Uint8Array(10) } }));
  await inner.commit(channelId, bodies, "strict");
  const forgotten: MessageId[] = [];
  let letGo: (() => void) | null = null;
  const storage = storageWith(inner, {
    commit: async (...commit) => {
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      await inner.commit(...commit);
    },
  });
  const texts = createOldTexts({ state: core.state, storage, bodies: { forget: (id) => void forgotten.push(id) } });
  const left = async () => (await inner.readBodies(channelId, ids)).map(({ id }) => id);
  return { texts, ids, forgotten, left, isWriting: () => letGo !== null, letGo: () => letGo?.() };
}

describe("old texts", () => {
  it("go the oldest first, count as gone when they are deleted, and what was gone before does not count", async () => {
    const { texts, ids, forgotten, left, isWriting, letGo } = await oldTexts();
    expect(texts.count()).toBe(COUNT);
    let outcome: unknown = "open";
    const giving = texts.giveUpBatch().then((gone) => {
      outcome = gone;
    });
    await expect.poll(isWriting).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(outcome).toBe("open");
    letGo();
    await giving;
    expect(outcome).toEqual({ count: 400, bytes: 4_000 });
    expect(forgotten).toEqual(ids.slice(0, 500));
    expect(await left()).toEqual(ids.slice(500));
    expect(texts.count()).toBe(COUNT - 500);
    expect(await texts.giveUpBatch()).toBeNull();
  });
});
