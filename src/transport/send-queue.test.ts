import { describe, expect, test } from "vitest";
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
