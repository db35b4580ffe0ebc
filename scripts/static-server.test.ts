import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { get, request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveFolder } from "./lib/static-server.mjs";

let outer = "";
let server: Awaited<ReturnType<typeof serveFolder>>;

beforeAll(async () => {
  outer = mkdtempSync(join(tmpdir(), "hearback-serve-"));
  const root = join(outer, "site");
  mkdirSync(join(root, "assets"), { recursive: true });
  mkdirSync(join(outer, "site-private"));
  writeFileSync(join(root, "index.html"), "<p>index</p>");
  writeFileSync(join(root, "assets", "app-1.js"), "export {};");
  writeFileSync(join(outer, "secret.txt"), "secret");
  writeFileSync(join(outer, "site-private", "secret.txt"), "secret");
  symlinkSync(join(outer, "secret.txt"), join(root, "link.txt"));
  server = await serveFolder(root);
});

afterAll(async () => {
  await server.close();
  rmSync(outer, { recursive: true, force: true });
});

/** A plain request: `fetch` would tidy the path before sending it. */
function ask(
  path: string,
  method = "GET",
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port: server.port, path, method }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    call.on("error", reject);
    call.end();
  });
}

test("serves the index at the root, under a policy that allows own scripts only", async () => {
  const { status, headers, body } = await ask("/?x=1");
  expect([status, body]).toEqual([200, "<p>index</p>"]);
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(headers["cache-control"]).toBe("no-cache");
  expect(headers["content-security-policy"]).toContain("script-src 'self'");
  expect(headers["content-security-policy"]).toContain("connect-src 'self' ws: wss:");
});

test("serves scripts as modules need them", async () => {
  const { headers } = await ask("/assets/app-1.js");
  expect(headers["content-type"]).toBe("text/javascript; charset=utf-8");
  expect(headers["cache-control"]).toContain("immutable");
});

test.each([
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/assets/..%2f..%2fsecret.txt",
  "/../site-private/secret.txt",
  "/..%5csecret.txt",
  "/link.txt",
  "/%00",
  "/%",
  "/assets",
  "/nothing.html",
])("does not serve %s", async (path) => {
  const { status, body } = await ask(path);
  expect(status).toBe(404);
  expect(body).not.toContain("secret");
});

test("answers HEAD without a body and refuses to be written to", async () => {
  expect(await ask("/", "HEAD")).toMatchObject({ status: 200, body: "" });
  expect((await ask("/", "POST")).status).toBe(405);
});

test("takes the next port when one is taken", async () => {
  const next = await serveFolder(join(outer, "site"), { ports: [server.port, 0] });
  try {
    expect(next.port).not.toBe(server.port);
    const status = await new Promise((resolve) => get(next.url, (response) => resolve(response.resume().statusCode)));
    expect(status).toBe(200);
  } finally {
    await next.close();
  }
});

test("says so when every port is taken", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address() as { port: number };
  try {
    await expect(serveFolder(join(outer, "site"), { ports: [port] })).rejects.toThrow(`${port}`);
  } finally {
    taken.close();
  }
});
