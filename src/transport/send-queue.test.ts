import { describe, expect, test } from "vitest";
import { createVirtualClock } from "../runtime/virtual-clock.ts";
import { TransportError } from "./port.ts";
import { createSendQueue, type SendQueue } from "./send-queue.ts";

const START = 1_760_000_000_000;
const closed = () => new TransportError("closed", "closed");

function bench(maxInFlight: number, timeoutMs = 1_000) {
  const clock = createVirtualClock(START);
  return { clock, queue: createSendQueue<string>({ clock, maxInFlight, timeoutMs }) };
}

/** A send that ends when told to, and how its caller was answered. */
function controlled(queue: SendQueue<string>) {
  const told: string[] = [];
  let end = (_value: string): void => {};
  const run = (): Promise<string> => {
    told.push("runs");
    return new Promise((resolve) => {
      end = resolve;
    });
  };
  const answer = queue.add(run).then(
    (value) => void told.push(value),
    (error: unknown) => void told.push(error instanceof TransportError ? error.code : String(error)),
  );
  return { told, answer, end: (value: string) => end(value) };
}

describe("send queue", () => {
  test("never runs more than its bound at once, starts in order, and finishes all", async () => {
    const { clock, queue } = bench(16, 5_000);
    const all = Array.from({ length: 200 }, (_, number) => String(number));
    const started: string[] = [];
    let most = 0;
    const sends = all.map((number) =>
      queue.add(async () => {
        started.push(number);
        most = Math.max(most, queue.inFlight());
        await new Promise<void>((resolve) => void clock.schedule(10, resolve));
        return number;
      }),
    );
    expect(started).toEqual([]);
    queue.resume();
    await clock.advanceSettled(1_000);
    expect(await Promise.all(sends)).toEqual(all);
    expect(started).toEqual(all);
    expect([most, queue.inFlight(), clock.pending]).toEqual([16, 0, 0]);
  });

  test("settles by its time limit a send that never gets its turn, and one that never ends, and says which", async () => {
    const { clock, queue } = bench(1, 50);
    queue.resume();
    const told: unknown[] = [];
    const endless = () => new Promise<string>(() => undefined);
    for (const run of [endless, endless]) queue.add(run).catch((error: unknown) => told.push(error));
    await clock.advanceSettled(49);
    expect(told).toEqual([]);
    await clock.advanceSettled(1);
    expect(told).toMatchObject([
      { code: "timeout", retryable: true, message: expect.stringContaining("no answer") },
      { code: "timeout", message: expect.stringContaining("no turn") },
    ]);
  });

  test("one failure does not hold up the others", async () => {
    const { queue } = bench(1);
    queue.resume();
    const failing = queue.add(() => Promise.reject(new Error("no")));
    const next = queue.add(async () => "yes");
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe("yes");
  });
});

describe("a send", () => {
  test("that timed out while it waited for its turn does not leave later", async () => {
    const { clock, queue } = bench(1);
    queue.resume();
    const first = controlled(queue);
    const waiting = controlled(queue);
    await clock.advanceSettled(1_000);
    expect([first.told, waiting.told]).toEqual([["runs", "timeout"], ["timeout"]]);
    // It is with the network still, and takes its place until that is over.
    expect(queue.inFlight()).toBe(1);
    const next = controlled(queue);
    expect(next.told).toEqual([]);
    first.end("late");
    await clock.advanceSettled(0);
    expect([first.told, waiting.told, next.told]).toEqual([["runs", "timeout"], ["timeout"], ["runs"]]);
    next.end("done");
    await next.answer;
    expect([next.told, queue.inFlight(), clock.pending]).toEqual([["runs", "done"], 0, 0]);
  });

  test("that timed out while the queue was paused does not leave when it goes on; its time counts from the call", async () => {
    const { clock, queue } = bench(2);
    const early = controlled(queue);
    await clock.advanceSettled(600);
    const late = controlled(queue);
    await clock.advanceSettled(400);
    queue.resume();
    expect([early.told, late.told]).toEqual([["timeout"], ["runs"]]);
    await clock.advanceSettled(599);
    expect(late.told).toEqual(["runs"]);
    await clock.advanceSettled(1);
    expect(late.told).toEqual(["runs", "timeout"]);
  });

  test("that runs goes on through a pause; others wait for its end", async () => {
    const { clock, queue } = bench(1);
    queue.resume();
    const running = controlled(queue);
    queue.pause();
    const waiting = controlled(queue);
    running.end("done");
    await running.answer;
    await clock.advanceSettled(0);
    expect([running.told, waiting.told]).toEqual([["runs", "done"], []]);
    queue.resume();
    expect(waiting.told).toEqual(["runs"]);
    waiting.end("done");
    await waiting.answer;
    expect(clock.pending).toBe(0);
  });

  test("that is rejected leaves no timer, and does not run; with the waiting alone, what runs is answered", async () => {
    const { clock, queue } = bench(1);
    queue.resume();
    const [running, waiting] = [controlled(queue), controlled(queue)];
    queue.rejectWaiting(closed);
    await waiting.answer;
    expect([running.told, waiting.told, clock.pending]).toEqual([["runs"], ["closed"], 1]);
    running.end("done");
    await running.answer;
    expect(running.told).toEqual(["runs", "done"]);
  });

  test("that runs when all are rejected is rejected too, and its end changes nothing", async () => {
    const { clock, queue } = bench(1);
    queue.resume();
    const [running, waiting] = [controlled(queue), controlled(queue)];
    queue.pause();
    queue.rejectAll(closed);
    await Promise.all([running.answer, waiting.answer]);
    expect([running.told, waiting.told, clock.pending]).toEqual([["runs", "closed"], ["closed"], 0]);
    running.end("late");
    await clock.advanceSettled(0);
    expect([running.told, waiting.told, queue.inFlight()]).toEqual([["runs", "closed"], ["closed"], 0]);
  });

  test("that fails with something that is no error is an error to its caller", async () => {
    const { queue } = bench(1);
    queue.resume();
    await expect(queue.add(() => Promise.reject("no"))).rejects.toEqual(new Error("no"));
  });
});
