import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { createPatience, endOf } from "../bench/support/patience.ts";

const never = new Promise<never>(() => undefined);
const program = (code: string) => spawn(process.execPath, ["-e", code], { stdio: "ignore" });

test("what comes in time is given, and what fails fails with its own words", async () => {
  const patience = createPatience({ "a process": never });
  await expect(patience.until("it", 10_000, Promise.resolve(7))).resolves.toBe(7);
  await expect(patience.until("it", 10_000, Promise.reject(new Error("broken")))).rejects.toThrow("broken");
});

test("what does not come is given up after its time, with words of how far it came", async () => {
  let shown = 0;
  const waiting = createPatience({}).until(() => `5 messages: there are ${shown}`, 20, never);
  shown = 4;
  await expect(waiting).rejects.toThrow("Waited for 5 messages: there are 4; given up after 0.02 s.");
});

test("a process that ends meanwhile is said, and so is one that had ended before anybody waited", async () => {
  const failing = program("process.exit(3)");
  const patience = createPatience({ "the worker": endOf(failing) });
  await expect(patience.until("figures", 60_000, never)).rejects.toThrow(
    "Waited for figures; the worker ended with 3.",
  );
  await expect(endOf(failing)).resolves.toBe("3");
  await expect(patience.until("more", 60_000, never)).rejects.toThrow("the worker ended with 3.");
});

test("a process that is killed has ended, also for whoever asks later", async () => {
  const running = program("setInterval(() => {}, 1000)");
  running.kill("SIGTERM");
  await expect(endOf(running)).resolves.toBe("SIGTERM");
  await expect(endOf(running)).resolves.toBe("SIGTERM");
});
