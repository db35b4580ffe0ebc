import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

/** What programs import is explained where it is declared: their editors show it. */
test("everything exported has a comment above its declaration", async () => {
  const undocumented: string[] = [];
  const index = await read("./index.ts");
  for (const [, names = "", file = ""] of index.matchAll(/export (?:type )?\{([^}]*)\} from "([^"]+)"/g)) {
    const text = await declarations(file);
    for (const name of names.split(",").map((part) => part.replace("type ", "").trim())) {
      if (name !== "" && !isDocumented(text, name)) undocumented.push(`${name} (${file})`);
    }
  }
  expect(undocumented).toEqual([]);
});

/** Of the file and of what it passes on from others. */
async function declarations(file: string): Promise<string> {
  const text = await read(file);
  const passedOn = [...text.matchAll(/^export (?:type )?\{[^}]*\} from "([^"]+)"/gm)].map(async ([, other = ""]) => {
    return await read(new URL(other, new URL(file, import.meta.url)).href);
  });
  return [text, ...(await Promise.all(passedOn))].join("\n");
}

function isDocumented(text: string, name: string): boolean {
  const pattern = `\\*/\\nexport (async )?(const|function|class|interface|type) ${name}\\b`;
  return new RegExp(pattern).test(text);
}

function read(file: string): Promise<string> {
  return readFile(new URL(file, import.meta.url), "utf8");
}
