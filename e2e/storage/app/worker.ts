import { type ActionName, actions } from "./actions.ts";

export interface Question {
  readonly call: number;
  readonly name: ActionName;
  readonly args: readonly unknown[];
}

export interface Answer {
  readonly call: number;
  readonly result: unknown;
  readonly error: string | null;
}

self.onmessage = async ({ data }: MessageEvent<Question>) => {
  const action = actions[data.name] as (...values: readonly unknown[]) => Promise<unknown>;
  try {
    answer({ call: data.call, result: await action(...data.args), error: null });
  } catch (error) {
    answer({ call: data.call, result: null, error: String(error) });
  }
};

/** This file is type-checked as page code, where `postMessage` wants a target. */
const answer: (message: Answer) => void = self.postMessage.bind(self);
