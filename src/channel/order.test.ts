import { describe, expect, it } from "vitest";
import { BREACHES } from "./testing/breaches.ts";
import { orderCases } from "./testing/order-cases.ts";

/** The rules of docs/architecture.md, "Order". */
describe("a channel keeps the rules of order", () => {
  it.each(orderCases.map((one) => [one.rule, one.name, one] as const))("%s: %s", async (_rule, _name, one) => {
    await one.run({});
  });
});

describe("the cases of a rule find what breaks it", () => {
  it.each(BREACHES.map((one) => [one.rule, one.name, one] as const))("%s: %s", async (rule, _name, { parts }) => {
    const found: string[] = [];
    for (const one of orderCases.filter((each) => each.rule === rule)) {
      await one.run(parts).catch((error: unknown) => found.push(String(error)));
    }
    expect(found).not.toEqual([]);
    // Found by what it did, not by waiting in vain.
    expect(found.join()).not.toMatch(/Not within/);
  });

  it("and there is a case and a breach of each rule", () => {
    const rules = ["O1", "O2", "O3", "O4", "O5", "O6", "O7"];
    expect([...new Set(orderCases.map(({ rule }) => rule))].sort()).toEqual(rules);
    expect([...new Set(BREACHES.map(({ rule }) => rule))].sort()).toEqual(rules);
  });
});
