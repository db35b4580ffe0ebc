import { describe, expect, it } from "vitest";
import { readDemoOptions } from "./demo-options.ts";

describe("readDemoOptions", () => {
  it("reads service nodes and parameters", () => {
    expect(
      readDemoOptions("?node=/ip4/1.2.3.4/tcp/1/ws&node=/dns4/a/tcp/2/ws&p.ackWindowMs=300&p.levelPercent=50"),
    ).toEqual({
      nodes: ["/ip4/1.2.3.4/tcp/1/ws", "/dns4/a/tcp/2/ws"],
      parameters: { ackWindowMs: 300, levelPercent: 50 },
    });
  });

  it("takes the local service node without any", () => {
    expect(readDemoOptions("")).toEqual({ nodes: null, parameters: {} });
    expect(readDemoOptions("?node=").nodes).toBeNull();
  });

  it("ignores what is no parameter or no number", () => {
    const search = "?p.unknown=1&p.ackWindowMs=soon&p.resendFirstMs=-1&p.idleSyncMinMs=&p.toString=1&ackWindowMs=1";
    expect(readDemoOptions(search).parameters).toEqual({});
  });
});
