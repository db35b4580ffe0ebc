import { expect, it } from "vitest";
import { eventTargetPort } from "./event-target-port.ts";

/** A target that knows who listens. */
function bench() {
  const listeners = new Set<string>();
  const target = new EventTarget();
  const posted: unknown[] = [];
  const log: string[] = [];
  const port = eventTargetPort(
    {
      postMessage: (message) => posted.push(message),
      addEventListener(type, listener) {
        listeners.add(type);
        target.addEventListener(type, listener);
      },
      removeEventListener(type, listener) {
        listeners.delete(type);
        target.removeEventListener(type, listener);
      },
    },
    {
      closedBy: { close: () => true, error: (event) => event instanceof ErrorEvent && event.isEnd },
      start: () => log.push("started"),
      release: () => log.push("released"),
    },
  );
  return { port, target, posted, log, listening: () => [...listeners].sort() };
}

class ErrorEvent extends Event {
  readonly isEnd: boolean;
  constructor(isEnd: boolean) {
    super("error");
    this.isEnd = isEnd;
  }
}

it("lets kept messages flow when the first listener is there, once", () => {
  const { port, target, log, listening } = bench();
  expect([log, listening()]).toEqual([[], ["close", "error"]]);
  const heard: unknown[] = [];
  port.onMessage((message) => heard.push(message));
  port.onMessage(() => {});
  target.dispatchEvent(new MessageEvent("message", { data: 1 }));
  target.dispatchEvent(new Event("message"));
  expect([log, heard]).toEqual([["started"], [1, undefined]]);
});

it("leaves no listener and releases once when it closes, and tells nobody of that", () => {
  const { port, target, posted, log, listening } = bench();
  port.onMessage(() => log.push("heard"));
  port.onClose(() => log.push("closed"));
  port.close();
  port.close();
  expect([log, listening()]).toEqual([["started", "released"], []]);
  target.dispatchEvent(new Event("close"));
  port.post("too late");
  port.onMessage(() => log.push("heard"));
  expect([log, listening(), posted]).toEqual([["started", "released"], [], []]);
});

it("tells its end once, and leaves no listener", () => {
  const { port, target, posted, log, listening } = bench();
  port.onClose(() => log.push("closed"));
  port.onClose(() => log.push("left"))();
  target.dispatchEvent(new ErrorEvent(false));
  expect(log).toEqual([]);
  port.post("fine");
  target.dispatchEvent(new ErrorEvent(true));
  target.dispatchEvent(new Event("close"));
  port.post("too late");
  port.close();
  expect([log, listening(), posted]).toEqual([["released", "closed"], [], ["fine"]]);
});
