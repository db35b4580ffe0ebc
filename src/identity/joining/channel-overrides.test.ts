import { describe, expect, test } from "vitest";
import { parameterRows } from "../../sds/parameters/channel-parameters.ts";
import { overridesOf, parametersOf } from "./channel-overrides.ts";

//= protocol: PARAM-1
describe.each(parameterRows(1))("the parameter %s", (name, { number, least, most }) => {
  test("is taken at its least and its most, and goes by its number", () => {
    for (const value of [least, most]) {
      expect(overridesOf(1, { [name]: value })).toEqual([[number, value]]);
      expect(parametersOf({ version: 1, overrides: [[number, value]] })[name]).toBe(value);
    }
  });

  test("is refused below and above, and when it is no whole number", () => {
    for (const value of [least - 1, most + 1, least + 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(overridesOf(1, { [name]: value })).toBe(name);
    }
  });
});
