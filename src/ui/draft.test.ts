import { describe, expect, it } from "vitest";
import { attemptFor, withoutSent } from "./draft.ts";

describe("attemptFor", () => {
  const newId = () => "new";

  it("keeps the request id of the same text tried again, so that it cannot be sent twice", () => {
    const refused = { requestId: "old", text: "hello" };
    expect(attemptFor("hello", refused, newId)).toBe(refused);
  });

  it("takes a new id for another text or a first try", () => {
    expect(attemptFor("hello!", { requestId: "old", text: "hello" }, newId)).toEqual({
      requestId: "new",
      text: "hello!",
    });
    expect(attemptFor("hello", null, newId).requestId).toBe("new");
  });
});

describe("withoutSent", () => {
  it("leaves what was typed behind the sent text", () => {
    expect(withoutSent("hello", "hello")).toBe("");
    expect(withoutSent("hello and more", "hello")).toBe(" and more");
  });

  it("leaves a text alone that was changed meanwhile", () => {
    expect(withoutSent("goodbye", "hello")).toBe("goodbye");
  });
});
