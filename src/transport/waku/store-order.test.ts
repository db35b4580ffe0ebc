import type { PeerId } from "@libp2p/interface";
import { expect, test } from "vitest";
import { createStoreOrder } from "./store-order.ts";

const [a, b, c] = ["a", "b", "c"].map((name) => name as unknown as PeerId) as [PeerId, PeerId, PeerId];

test("Stores that broke off are behind the others, the last one last, until they give a history to its end", () => {
  const order = createStoreOrder();
  expect(order.of([a, b, c])).toEqual([a, b, c]);
  order.brokeOff(a);
  order.brokeOff(b);
  expect(order.of([a, b, c])).toEqual([c, a, b]);
  order.brokeOff(a);
  expect(order.of([a, b, c])).toEqual([c, b, a]);
  order.gaveAll(b);
  expect(order.of([a, b, c])).toEqual([b, c, a]);
});
