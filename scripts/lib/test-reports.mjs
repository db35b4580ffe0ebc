/** What the JSON reports of the two test runners say: how many tests passed and failed, and which failed why. */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

const SHORT_LINES = 12;

/** @typedef {{ passed: number, failed: number, failures: readonly string[] }} Counts failures: the test's name and a few lines */

/** @returns {Counts} of a report of vitest; nothing passed and nothing failed when there is no report */
export function readVitestReport(file, root) {
  return readReport(file, (json) => ({
    passed: json.numPassedTests,
    failed: json.numFailedTests,
    failures: json.testResults.flatMap((result) => vitestFailures(result, root)),
  }));
}

/** @returns {Counts} of a report of Playwright; a test that passed only when repeated has failed */
export function readPlaywrightReport(file) {
  return readReport(file, (json) => ({
    passed: json.stats.expected,
    failed: json.stats.unexpected + json.stats.flaky,
    failures: json.suites.flatMap((suite) => playwrightFailures(suite, [])),
  }));
}

function readReport(file, count) {
  if (!existsSync(file)) return { passed: 0, failed: 0, failures: [] };
  return count(JSON.parse(readFileSync(file, "utf8")));
}

function vitestFailures({ name, message, assertionResults }, root) {
  const file = relative(root, name);
  // A file that does not load has no tests that could fail.
  if (assertionResults.length === 0 && message) return [`${file}: ${firstLines(message)}`];
  const failed = assertionResults.filter(({ status }) => status === "failed");
  return failed.map((test) => `${file} > ${test.fullName}: ${firstLines(test.failureMessages.join("\n"))}`);
}

function playwrightFailures({ title, specs = [], suites = [] }, above) {
  const path = [...above, title];
  const failed = specs.filter(({ ok, tests }) => !ok || tests.some(({ status }) => status === "flaky"));
  const own = failed.map((spec) => {
    const errors = spec.tests.flatMap(({ results }) => results.flatMap((result) => result.errors ?? []));
    return `${[...path, spec.title].join(" > ")}: ${firstLines(errors.map(({ message }) => message).join("\n"))}`;
  });
  return [...own, ...suites.flatMap((suite) => playwrightFailures(suite, path))];
}

function firstLines(text) {
  return text.trim().split("\n").slice(0, SHORT_LINES).join("\n");
}

export function lastLines(text, lines = SHORT_LINES) {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}
