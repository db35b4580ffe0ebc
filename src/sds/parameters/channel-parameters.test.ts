import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import {
  CHANNEL_PARAMETER_DEFAULTS,
  CHANNEL_PARAMETERS,
  type ChannelParameters,
  misfit,
  parameterDefaults,
  parameterRows,
} from "./channel-parameters.ts";

const VERSIONS = Object.keys(CHANNEL_PARAMETERS).map(Number) as (keyof typeof CHANNEL_PARAMETERS)[];

describe.each(VERSIONS)("the parameters of descriptor version %i", (version) => {
  const rows = parameterRows(version);

  test("are numbered 1, 2, 3 and so on, and their names are those that they must fit", () => {
    expect(rows.map(([, { number }]) => number)).toEqual(rows.map((_row, index) => index + 1));
    const names: string[] = rows.map(([name]) => name);
    const others = rows.flatMap(([, { notAbove, below }]) => [notAbove, below]).filter((name) => name !== undefined);
    expect(others.filter((name) => !names.includes(name))).toEqual([]);
  });

  test("have defaults that are in range and fit together; only 17 says none by 0", () => {
    const outside = rows.filter(([, row]) => row.default < row.least || row.default > row.most);
    expect(outside.map(([, row]) => [row.number, row.default])).toEqual([[17, 0]]);
    expect(misfit(version, parameterDefaults(version))).toBeNull();
  });
});

test("a pair is found that no channel can work with, equal values only where they may not be", () => {
  const without = (changed: Partial<ChannelParameters>) => misfit(1, { ...CHANNEL_PARAMETER_DEFAULTS, ...changed });
  expect(without({ ackWindowMs: 60_001 })).toEqual({ low: "ackWindowMs", high: "ackWindowMaxMs", strictly: false });
  expect(without({ ackWindowMs: 60_000 })).toBeNull();
  expect(without({ repairAskMinMs: 10_000 })).toMatchObject({ low: "repairAskMinMs", strictly: true });
  expect(without({ repairAskMinMs: 9_999 })).toBeNull();
});

describe("docs/protocol.md", () => {
  const page = readFile(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
  const numberOf = (text = ""): number => Number(text.replaceAll(",", ""));

  test("has every parameter with its number, unit, default and range", async () => {
    const found = (await page).matchAll(/^\| (\d+) \| `(\w+)` \| (\S+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|/gm);
    const documented = [...found].map(([, number, name, unit, ...values]) => {
      return [Number(number), name, unit, ...values.map(numberOf)];
    });
    const rows = parameterRows(1).map(([name, row]) => [row.number, name, row.unit, row.default, row.least, row.most]);
    expect(documented).toEqual(rows);
  });

  test("says which have to fit together", async () => {
    const [, rule = ""] = /\[CHANNEL-6\] Parameters MUST fit together: (.*?) \(/.exec(await page) ?? [];
    const numbers = new Map<string, number>(parameterRows(1).map(([name, { number }]) => [name, number]));
    const pairs = parameterRows(1).flatMap(([, { number, notAbove, below }]) => [
      ...(notAbove === undefined ? [] : [`p${number} <= p${numbers.get(notAbove)}`]),
      ...(below === undefined ? [] : [`p${number} < p${numbers.get(below)}`]),
    ]);
    expect(rule.split(", ")).toEqual(pairs);
  });

  test("says the default wherever it puts one behind a number", async () => {
    const unitOf = new Map([
      ["s", 1_000],
      ["min", 60_000],
      ["%", 1],
    ]);
    const mentions = [...(await page).matchAll(/\bp(\d+) \((\d+) (s|min|%)\)/g)];
    const said = mentions.map(([, number, value, unit = ""]) => [
      Number(number),
      Number(value) * (unitOf.get(unit) ?? 0),
    ]);
    const defaults = new Map(parameterRows(1).map(([, row]) => [row.number, row.default]));
    expect(said).toEqual(said.map(([number = 0]) => [number, defaults.get(number)]));
    expect(said.length).toBeGreaterThan(3);
  });
});
