import { describe, expect, it } from "vitest";
import { ChannelError } from "../../channel/api/channel-client.ts";
import { en } from "./en.ts";
import { leaveProblem, sendProblem } from "./error-words.ts";

describe("sendProblem", () => {
  it("says that nothing was sent only when that is known", () => {
    expect(sendProblem(new ChannelError("storage", "The disk is full."), en)).toMatch(/^Not sent/);
    for (const code of ["timeout", "disconnected"] as const) {
      expect(sendProblem(new ChannelError(code, ""), en)).toMatch(/^It may have been sent/);
    }
  });
});

describe("leaveProblem", () => {
  it("says that it did not work only when that is known", () => {
    expect(leaveProblem(new ChannelError("storage", "The disk is broken."), en)).toMatch(/^Leaving did not work/);
    for (const code of ["timeout", "disconnected"] as const) {
      expect(leaveProblem(new ChannelError(code, ""), en)).toMatch(/^It is not known yet/);
    }
  });
});
