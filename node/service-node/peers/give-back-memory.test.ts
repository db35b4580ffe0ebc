import type { Libp2p } from "@libp2p/interface";
import { expect, test } from "vitest";
import { giveBackMemory } from "./give-back-memory.ts";

function bench() {
  const target = new EventTarget();
  let collected = 0;
  const stop = giveBackMemory({
    libp2p: target as unknown as Pick<Libp2p, "addEventListener">,
    collect: () => {
      collected += 1;
    },
    afterMs: 0,
  });
  const leave = (count: number): void => {
    for (let peer = 0; peer < count; peer++) target.dispatchEvent(new CustomEvent("peer:disconnect"));
  };
  return { leave, stop, collected: () => collected };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test("when many have left, once for all of them, and again for the next many; not for a few", async () => {
  const { leave, collected } = bench();
  leave(49);
  await turn();
  expect(collected()).toBe(0);
  leave(500);
  expect(collected()).toBe(0);
  await expect.poll(collected).toBe(1);
  leave(50);
  await expect.poll(collected).toBe(2);
});

test("not any more when it was stopped", async () => {
  const { leave, stop, collected } = bench();
  leave(50);
  stop();
  await turn();
  expect(collected()).toBe(0);
});
