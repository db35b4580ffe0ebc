import { describe, expect, it } from "vitest";
import type { ChannelStatus } from "../api/channel-client.ts";
import { createStatusBoard } from "./status-board.ts";

function board() {
  let connection: ChannelStatus["connection"] = "online";
  const status = createStatusBoard(() => ({
    ...{
      connection,
      peers: 0,
      reason: "",
      waiting: 0,
      reading: null,
      embargoed: 0,
      clockCorrectionMs: 0,
      clockSuggestionMs: null,
      storageProblem: "",
      mistake: false,
    },
  }));
  return {
    watch: () => {
      const told: string[] = [];
      return { told, stop: status.watch((next) => told.push(next.connection)) };
    },
    set: (next: ChannelStatus["connection"]) => {
      connection = next;
      status.refresh();
    },
  };
}

describe("a status board", () => {
  it("tells each watcher what differs from what that one was told last", () => {
    const { watch, set } = board();
    const first = watch();
    set("online");
    first.stop();
    set("offline");
    const second = watch();
    set("online");
    set("online");
    expect(first.told).toEqual(["online"]);
    expect(second.told).toEqual(["offline", "online"]);
  });
});
