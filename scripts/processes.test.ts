import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run, startNodeServer, stopGroup } from "./lib/processes.mjs";

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test("run returns the code and everything that was printed", async () => {
  const { code, output } = await run(process.execPath, [
    "-e",
    "console.log('out'); console.error('err'); process.exit(3)",
  ]);
  expect(code).toBe(3);
  expect(output).toContain("out");
  expect(output).toContain("err");
});

test("run gives a program no stdin to wait for", async () => {
  const { code } = await run(process.execPath, ["-e", "process.stdin.on('end', () => process.exit(0)).resume()"]);
  expect(code).toBe(0);
});

test("run explains a program that is not there", async () => {
  const { code, output } = await run("no-such-program-here", []);
  expect(code).toBe(127);
  expect(output).toContain("no-such-program-here");
});

test("run stops what takes too long, and what that had started", async () => {
  const grandchild = "setInterval(() => {}, 1000)";
  const script = `console.log(require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}]).pid); setInterval(() => {}, 1000)`;
  const { code, output, timedOut } = await run(process.execPath, ["-e", script], { timeoutMs: 1_000 });
  expect(timedOut).toBe(true);
  expect(code).not.toBe(0);
  const grandchildPid = Number(output.split("\n")[0]);
  await expect.poll(() => isAlive(grandchildPid), { timeout: 10_000 }).toBe(false);
});

test("a server stops when it is asked to", async () => {
  const server = startNodeServer(["-e", "setInterval(() => {}, 1000); console.log('up')"]);
  if (server.stdout === null) throw new Error("no stdout");
  await once(server.stdout, "data");
  await stopGroup(server.pid);
  expect(server.signalCode ?? server.exitCode).not.toBeNull();
});

test("a server stops when its parent is killed outright", async () => {
  const library = fileURLToPath(new URL("lib/processes.mjs", import.meta.url));
  const script = `
    import { startNodeServer } from ${JSON.stringify(library)};
    const server = startNodeServer(["-e", "setInterval(() => {}, 1000); console.log('up')"]);
    server.stdout.once("data", () => console.log(server.pid));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script]);
  const [pid] = await once(parent.stdout, "data");
  parent.kill("SIGKILL");
  await once(parent, "exit");
  await expect.poll(() => isAlive(Number(pid)), { timeout: 10_000 }).toBe(false);
});
