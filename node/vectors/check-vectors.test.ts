import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkVectors } from "./check-vectors.ts";

const VECTORS = new URL("../../src/sds/vectors/sds-vectors.json", import.meta.url);
const MAIN = new URL("./main.ts", import.meta.url).pathname;
const golden = readFileSync(VECTORS, "utf8");

type Vectors = Record<string, Record<string, unknown>[]>;

/** Names of the checks that fail once `change` was made to the golden vectors. */
function failuresAfter(change: (vectors: Vectors) => void): string[] {
  const vectors = JSON.parse(golden) as Vectors;
  change(vectors);
  return checkVectors(vectors).flatMap((check) => (check.problem === null ? [] : [check.name]));
}

/** The vector at `index`, to be spoiled. */
function at(vectors: Vectors, section: string, index: number): Record<string, unknown> {
  const vector = vectors[section]?.[index];
  if (vector === undefined) throw new Error(`the golden vectors have no ${section}[${index}]`);
  return vector;
}

describe("the golden vectors", () => {
  it("all pass, and every section is checked", () => {
    const checks = checkVectors(JSON.parse(golden));
    expect(checks.filter((check) => check.problem !== null)).toEqual([]);
    for (const section of ["messageId", "hashN", "bloom", "messages", "sdsR"]) {
      expect(checks.filter((check) => check.name.startsWith(`${section}[`)).length).toBeGreaterThan(1);
    }
    expect(checks.some((check) => check.name.startsWith("defaults"))).toBe(true);
  });
});

describe("a planted error in", () => {
  it.each([
    ["defaults", (v: Vectors) => Object.assign(v.defaults ?? {}, { bloom: { capacity: 10_000, errorRate: 0.01 } })],
    ["messageId", (v: Vectors) => Object.assign(at(v, "messageId", 0), { payloadUtf8: "ho" })],
    ["hashN", (v: Vectors) => Object.assign(at(v, "hashN", 4), { js: 143_376 })],
    ["bloom k", (v: Vectors) => Object.assign(at(v, "bloom", 0), { k: 9 })],
    ["bloom bits", (v: Vectors) => Object.assign(at(v, "bloom", 0), { bits: 149_999 })],
    ["bloom bytes", (v: Vectors) => Object.assign(at(v, "bloom", 0), { bytes: 18_744 })],
    ["bloom positions", (v: Vectors) => Object.assign(at(v, "bloom", 0), { positions: [[1]] })],
    ["bloom sha256", (v: Vectors) => Object.assign(at(v, "bloom", 0), { sha256: "00".repeat(32) })],
    ["bloom nonZeroBytes", (v: Vectors) => Object.assign(at(v, "bloom", 0), { nonZeroBytes: [[7, 1]] })],
    ["bloom hex", (v: Vectors) => Object.assign(at(v, "bloom", 3), { hex: "00".repeat(24) })],
    ["sdsR hash64", (v: Vectors) => Object.assign(at(v, "sdsR", 0), { hash64: "3159282601090220208" })],
    ["sdsR combined", (v: Vectors) => Object.assign(at(v, "sdsR", 0), { combined: "1" })],
    ["sdsR tReq_at0", (v: Vectors) => Object.assign(at(v, "sdsR", 0), { tReq_at0: 105_388 })],
    ["sdsR tResp_at0", (v: Vectors) => Object.assign(at(v, "sdsR", 1), { tResp_at0: 1 })],
  ])("%s makes exactly that check fail", (name, change) => {
    const failures = failuresAfter(change);
    expect(failures).toHaveLength(1);
    const [section = "", field = ""] = name.split(" ");
    expect(failures[0]?.startsWith(section)).toBe(true);
    expect(failures[0]).toContain(field);
  });

  it.each(["sender_id", "message_id", "channel_id", "lamport", "content", "bloom", "causal", "repair"])(
    "field %s of a message makes both directions fail",
    (field) => {
      const changed: Record<string, unknown> = { lamport: "1760000000001", content: "ff", bloom: null };
      const entry = { messageId: "somebody-else", retrievalHint: "00".repeat(32) };
      if (field === "causal" || field === "repair") changed[field] = [entry];
      const failures = failuresAfter((v) => {
        Object.assign(at(v, "messages", 1).fields ?? {}, { [field]: field in changed ? changed[field] : "other" });
      });
      expect(failures).toEqual(["messages[1] content_full decode", "messages[1] content_full encode"]);
    },
  );

  it("the bytes or the kind of a message makes it fail", () => {
    const truncated = failuresAfter((v) => {
      const vector = at(v, "messages", 0);
      vector.hex = String(vector.hex).slice(0, -2);
    });
    expect(truncated).toEqual(["messages[0] content_min decode", "messages[0] content_min encode"]);
    const other = failuresAfter((v) => Object.assign(at(v, "messages", 3), { decodesAs: "ContentMessage" }));
    expect(other).toHaveLength(1);
  });
});

describe("what cannot be understood", () => {
  it("is a failure: unknown sections, sections and vectors of another form, files of another form", () => {
    expect(failuresAfter((v) => Object.assign(v, { farmHash: [] }))).toEqual(["farmHash"]);
    expect(failuresAfter((v) => Object.assign(v, { toString: [] }))).toEqual(["toString"]);
    expect(failuresAfter((v) => Object.assign(v, { hashN: { item: "a" } }))).toEqual(["hashN"]);
    expect(failuresAfter((v) => Object.assign(v, { hashN: [null, 3] }))).toEqual(["hashN[0]", "hashN[1]"]);
    expect(failuresAfter((v) => Object.assign(at(v, "messages", 0), { hex: "zz" }))).toEqual(["messages[0]"]);
    expect(failuresAfter((v) => Object.assign(at(v, "bloom", 4), { options: { capacity: 0 } }))).toEqual(["bloom[4]"]);
    expect(checkVectors([])).toHaveLength(1);
    expect(checkVectors([])[0]?.problem).not.toBeNull();
  });
});

describe("the command", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "vectors-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (content: string | null): { status: number | null; lastLine: string; errors: string } => {
    const file = join(folder, "vectors.json");
    rmSync(file, { force: true });
    if (content !== null) writeFileSync(file, content);
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", MAIN, file], {
      encoding: "utf8",
    });
    return { status, lastLine: stdout.trimEnd().split("\n").at(-1) ?? "", errors: stderr };
  };

  it("ends with the count and code 0 when all pass", () => {
    const { status, lastLine } = run(golden);
    expect(lastLine).toMatch(/^[1-9]\d* passed, 0 failed$/);
    expect(status).toBe(0);
  });

  it("ends with another code when something fails, nothing is checked, or the file cannot be read", () => {
    const spoiled = run(golden.replace('"n": 9', '"n": 8'));
    expect(spoiled.lastLine).toMatch(/^\d+ passed, 1 failed$/);
    expect(spoiled.status).toBe(1);
    const empty = run('{"source": "none"}');
    expect(empty.lastLine).toBe("0 passed, 0 failed");
    expect(empty.status).toBe(1);
    expect(run("{").status).toBe(2);
    expect(run(null)).toMatchObject({ status: 2, errors: expect.stringContaining("cannot be read") });
  });
});
