import { describe, expect, it } from "vitest";
import { CHANNEL_PARAMETER_DEFAULTS, parameterRows } from "../../sds/parameters/channel-parameters.ts";
import { creationParameters, QUICK_BELOW, QUICK_PARAMETERS } from "./creation-parameters.ts";

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

  it("lowers what nobody gave to the most that was given, so that the channel can be created", () => {
    const most = { ackWindowMaxMs: 100, idleSyncMaxMs: 2_000, resendMaxMs: 1_500 };
    const made = { ackWindowMs: 100, idleSyncMinMs: 2_000, resendFirstMs: 1_500, ...most };
    expect(creationParameters(null, most)).toEqual(made);
  });
});

describe("QUICK_PARAMETERS", () => {
  const rows = new Map<string, { least: number; most: number; notAbove?: string }>(parameterRows(1));

  it.each(Object.entries(QUICK_PARAMETERS))("%s is in its range, and below the default", (name, value) => {
    const { least = Number.NaN, most = Number.NaN } = rows.get(name) ?? {};
    expect(value).toBeGreaterThanOrEqual(least);
    expect(value).toBeLessThanOrEqual(most);
    expect(value).toBeLessThan(CHANNEL_PARAMETER_DEFAULTS[name as keyof typeof QUICK_PARAMETERS]);
  });

  it("must not be above what the protocol's table says", () => {
    const inTable = Object.keys(QUICK_PARAMETERS).map((name) => [name, rows.get(name)?.notAbove]);
    expect(QUICK_BELOW).toEqual(Object.fromEntries(inTable));
  });
});
