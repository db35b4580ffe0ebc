import type { Shares } from "./profile.ts";

/** What is measured: so many people say so much together, and it is looked at in so many views. */
export const LIVE = { views: 15, speakers: 4, perSecond: 20, warmUp: 100, messages: 300 };

export interface LiveWorkerFigures {
  /** Of the whole process, helper threads with it. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** When the frame of each message came, by the wall clock. */
  readonly arrivals: readonly { readonly text: string; readonly arrivedAt: number }[];
  /** What the thread's time went to; empty unless it was asked for. */
  readonly shares: Shares;
}

/** What is said to the worker, beside what the views say over their ports. */
export type ToWorker =
  | { readonly kind: "join"; readonly invite: string }
  | { readonly kind: "measure"; readonly profile: boolean }
  | { readonly kind: "stop" };
