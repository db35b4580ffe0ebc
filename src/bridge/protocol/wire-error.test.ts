import { describe, expect, it } from "vitest";
import { ChannelError } from "../../channel/api/channel-client.ts";
import { StorageError } from "../../storage/port.ts";
import { toWireError } from "./wire-error.ts";

describe("toWireError", () => {
  it("lets the words for people cross, those of a full disk too", () => {
    expect(toWireError(new ChannelError("empty", "Write something."))).toEqual({
      code: "empty",
      message: "Write something.",
    });
    expect(toWireError(new StorageError("quota", "Free some space."))).toEqual({
      code: "storage",
      message: "Free some space.",
    });
  });

  it("keeps the words of everything else to itself", () => {
    const { code, message } = toWireError(new Error("secret in line 7"));
    expect(code).toBe("internal");
    expect(message).not.toContain("secret");
  });
});
