import { type ActionName, type Actions, actions } from "./actions.ts";
import type { Answer } from "./worker.ts";

/** The page's side: an action runs in the page itself or in its dedicated worker. */
export type Run = (place: "page" | "worker", name: ActionName, args: readonly unknown[]) => Promise<unknown>;

declare global {
  interface Window {
    run: Run;
  }
}

let worker: Worker | null = null;
let calls = 0;

window.run = (place, name, args) => (place === "page" ? here(name, args) : inWorker(name, args));

function here(name: ActionName, args: readonly unknown[]): Promise<unknown> {
  const action = actions[name] as (...values: readonly unknown[]) => Promise<unknown>;
  return action(...args);
}

function inWorker(name: keyof Actions, args: readonly unknown[]): Promise<unknown> {
  worker ??= new Worker("worker.js", { type: "module" });
  const target = worker;
  const call = calls++;
  return new Promise((resolve, reject) => {
    const listen = ({ data }: MessageEvent<Answer>): void => {
      if (data.call !== call) return;
      target.removeEventListener("message", listen);
      if (data.error === null) resolve(data.result);
      else reject(new Error(data.error));
    };
    target.addEventListener("message", listen);
    target.postMessage({ call, name, args });
  });
}
