import { describe, expect, it } from "vitest";
import { creationParameters, QUICK_PARAMETERS, readDemoOptions } from "./demo-options.ts";

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

describe("creationParameters", () => {
  it("is quick on this machine, whatever the port", () => {
    expect(creationParameters(null, {})).toEqual(QUICK_PARAMETERS);
    expect(creationParameters(["/ip4/127.0.0.1/tcp/9/ws/p2p/x"], {})).toEqual(QUICK_PARAMETERS);
    expect(creationParameters(["/ip6/::1/tcp/9/ws"], {})).toEqual(QUICK_PARAMETERS);
  });

  it("keeps the protocol's defaults as soon as one node is elsewhere", () => {
    expect(creationParameters(["/ip4/127.0.0.1/tcp/9/ws", "/dns4/example.org/tcp/9/wss"], {})).toEqual({});
  });

  it("lets the address override either", () => {
    expect(creationParameters(null, { ackWindowMs: 1 }).ackWindowMs).toBe(1);
    expect(creationParameters(["/ip4/192.168.1.2/tcp/9/ws"], { ackWindowMs: 1 })).toEqual({ ackWindowMs: 1 });
  });
});
