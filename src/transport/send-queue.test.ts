import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TransportError } from "./port.ts";
import { SendQueue } from "./send-queue.ts";

const tick = () => new Promise((resolve) => setTimeout(resolve, 0));
const closed = () => new TransportError("closed", "closed");

describe("send queue", () => {
  test("never runs more than its bound at once, starts in order, and finishes all", async () => {
    const queue = new SendQueue<number>(16, 5_000);
    const started: number[] = [];
    let inFlight = 0;
    let most = 0;
    const sends = Array.from({ length: 200 }, (_, number) =>
      queue.add(async () => {
        started.push(number);
        inFlight += 1;
        most = Math.max(most, inFlight);
        await tick();
        inFlight -= 1;
        return number;
      }),
    );
    expect(started).toEqual([]);
    queue.resume();
    expect(await Promise.all(sends)).toEqual(Array.from({ length: 200 }, (_, number) => number));
    expect(started).toEqual(Array.from({ length: 200 }, (_, number) => number));
    expect(most).toBe(16);
  });

  test("settles by the deadline a send that never gets its turn, and one that never ends", async () => {
    const queue = new SendQueue<void>(1, 50);
    queue.resume();
    const endless = queue.add(() => new Promise(() => undefined));
    const behind = queue.add(async () => undefined);
    await expect(endless).rejects.toMatchObject({ code: "timeout", retryable: true });
    await expect(behind).rejects.toMatchObject({ code: "timeout", message: expect.stringContaining("no turn") });
  });

  test("one failure does not hold up the others", async () => {
    const queue = new SendQueue<string>(1, 1_000);
    queue.resume();
    const failing = queue.add(() => Promise.reject(new Error("no")));
    const next = queue.add(async () => "yes");
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe("yes");
  });

  test("rejects the waiting alone, or all", async () => {
    const queue = new SendQueue<string>(1, 1_000);
    queue.resume();
    let finish: (value: string) => void = () => undefined;
    const running = queue.add(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    const waiting = queue.add(async () => "late");
    queue.rejectWaiting(closed);
    await expect(waiting).rejects.toMatchObject({ code: "closed" });
    finish("done");
    expect(await running).toBe("done");
    const stuck = queue.add(() => new Promise(() => undefined));
    queue.rejectAll(closed);
    await expect(stuck).rejects.toMatchObject({ code: "closed" });
  });
});

describe("a send", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());

  /** A send that ends when told to, and how its caller was answered. */
  function controlled(queue: SendQueue<string>) {
    const told: string[] = [];
    let end = (_value: string): void => {};
    let deadline = 0;
    queue
      .add((until) => {
        deadline = until;
        told.push("runs");
        return new Promise((resolve) => {
          end = resolve;
        });
      })
      .then(
        (value) => told.push(value),
        (error: unknown) => told.push(error instanceof TransportError ? error.code : String(error)),
      );
    return { told, end: (value: string) => end(value), deadline: () => deadline };
  }
  /** All promise jobs have run. */
  const settle = () => vi.advanceTimersByTimeAsync(0);

  test("that timed out while it waited for its turn does not leave later", async () => {
    const queue = new SendQueue<string>(1, 1_000);
    queue.resume();
    const first = controlled(queue);
    const waiting = controlled(queue);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([first.told, waiting.told]).toEqual([["runs", "timeout"], ["timeout"]]);
    // It is with the network still, and takes its place until that is over.
    expect(queue.inFlight).toBe(1);
    const next = controlled(queue);
    expect(next.told).toEqual([]);
    first.end("late");
    await settle();
    expect([first.told, waiting.told, next.told]).toEqual([["runs", "timeout"], ["timeout"], ["runs"]]);
    next.end("done");
    await settle();
    expect([next.told, queue.inFlight, vi.getTimerCount()]).toEqual([["runs", "done"], 0, 0]);
  });

  test("that timed out while the queue was paused does not leave when it goes on", async () => {
    const queue = new SendQueue<string>(2, 1_000);
    const early = controlled(queue);
    await vi.advanceTimersByTimeAsync(600);
    const late = controlled(queue);
    await vi.advanceTimersByTimeAsync(400);
    queue.resume();
    expect([early.told, late.told]).toEqual([["timeout"], ["runs"]]);
    expect(late.deadline(), "its time counts from the call on").toBe(1_000_000 + 1_600);
  });

  test("that runs goes on through a pause; others wait for its end", async () => {
    const queue = new SendQueue<string>(1, 1_000);
    queue.resume();
    const running = controlled(queue);
    queue.pause();
    const waiting = controlled(queue);
    running.end("done");
    await settle();
    expect([running.told, waiting.told]).toEqual([["runs", "done"], []]);
    queue.resume();
    expect(waiting.told).toEqual(["runs"]);
    waiting.end("done");
    await settle();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("that is rejected leaves no timer, and does not run", async () => {
    const queue = new SendQueue<string>(1, 1_000);
    queue.resume();
    const [running, waiting] = [controlled(queue), controlled(queue)];
    queue.rejectWaiting(closed);
    await settle();
    expect([running.told, waiting.told, vi.getTimerCount()]).toEqual([["runs"], ["closed"], 1]);
    queue.rejectAll(closed);
    await settle();
    expect([running.told, vi.getTimerCount()]).toEqual([["runs", "closed"], 0]);
    running.end("late");
    await settle();
    expect([running.told, waiting.told, queue.inFlight]).toEqual([["runs", "closed"], ["closed"], 0]);
  });

  test("that fails with something that is no error is an error to its caller", async () => {
    const queue = new SendQueue<string>(1, 1_000);
    queue.resume();
    await expect(queue.add(() => Promise.reject("no"))).rejects.toEqual(new Error("no"));
  });
});
