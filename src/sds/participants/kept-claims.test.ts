import { expect, test } from "vitest";
import { MAX_OTHER_CLAIMS } from "../parameters/limits.ts";
import { asMessageId, type MessageId } from "../wire/ids.ts";
import { KeptClaims } from "./kept-claims.ts";

const ids = (claims: KeptClaims) => claims.stored().map(({ id }) => id);

//= protocol: CLAIM-8
test("of claims that nothing of one's own needs the newest are kept, of needed ones all", () => {
  const claims = new KeptClaims();
  for (let place = 0; place < 2 * MAX_OTHER_CLAIMS; place++) {
    claims.keep(asMessageId(`needed ${place}`), place, "needed");
    claims.keep(asMessageId(`other ${place}`), place, "other");
  }
  expect(claims.size).toBe(3 * MAX_OTHER_CLAIMS);
  expect(ids(claims).slice(0, 1)).toEqual(["needed 0"]);
  expect(ids(claims)).not.toContain(`other ${MAX_OTHER_CLAIMS - 1}`);
  expect(ids(claims)).toContain(`other ${MAX_OTHER_CLAIMS}`);
});

//= protocol: CLAIM-8
test("what walks over a needed claim takes its place, if it proves all that it proved", () => {
  const claims = new KeptClaims();
  claims.keep(asMessageId("needed"), 10, "needed");
  claims.keep(asMessageId("other"), 10, "other");
  expect(claims.dropProven(asMessageId("needed"), 11)).toBe(false);
  expect(claims.size).toBe(2);
  expect(claims.dropProven(asMessageId("other"), 10)).toBe(false);
  expect(claims.dropProven(asMessageId("needed"), 10)).toBe(true);
  expect(claims.size).toBe(0);
});

test("says whether there is anything new to store", () => {
  const claims = new KeptClaims();
  claims.keep(asMessageId("a"), 10, "other");
  expect(claims.stored()).toEqual([{ id: "a", completeSince: 10 }]);
  expect(claims.changed).toBe(false);
  claims.drop(asMessageId("b"));
  expect(claims.changed).toBe(false);
  claims.keep(asMessageId("a"), 5, "needed");
  expect(claims.changed).toBe(true);
  expect(claims.stored()).toEqual([{ id: "a", completeSince: 5 }]);
});

test("what is still to be followed is kept until it shows what it is", () => {
  const claims = new KeptClaims();
  const [a, b, c] = ["a", "b", "c"].map(asMessageId) as [MessageId, MessageId, MessageId];
  for (const id of [a, b, c]) claims.keep(id, 10, "undecided");
  expect(claims.dropProven(a, 5)).toBe(false);
  expect(claims.size).toBe(3);
  claims.decide(a, 10, "other");
  expect(claims.dropProven(a, 5), "not needed").toBe(false);
  claims.decide(b, 10, "needed");
  expect(claims.dropProven(b, 5)).toBe(true);
  claims.keep(c, 5, "undecided");
  claims.decide(c, 10, "other");
  expect(claims.dropProven(c, 0), "the second one of this id is not decided yet").toBe(false);
  claims.decide(c, 10, "needed");
  claims.decide(c, 5, "other");
  expect([claims.get(c), claims.dropProven(c, 0)]).toEqual([5, true]);
});

test("a claim that is still followed is not replaced by one of the same id that proves less", () => {
  const claims = new KeptClaims();
  const id = asMessageId("a");
  claims.keep(id, 0, "undecided");
  claims.keep(id, 5, "other");
  expect(claims.get(id)).toBe(0);
  claims.keep(id, 5, "needed");
  expect(claims.get(id)).toBe(0);
  claims.decide(id, 0, "other");
  expect(claims.stored()).toEqual([{ id, completeSince: 0 }]);
});
