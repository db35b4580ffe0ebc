import type { Truths } from "../core/invariants/truth.ts";
import { findMessages, listLine, messagesOf, type SaidMessage } from "../follow/find-message.ts";
import { Follower } from "../follow/follower.ts";
import { runSeed, type SeedOptions } from "../run-seed.ts";
import type { Options } from "./options.ts";
import { showResult } from "./output.ts";
import { seedOptionsOf } from "./seed-command.ts";
import { UsageError } from "./usage-error.ts";

/** The life of one message of a world, line by line, and the run's result; or which messages there are. */
export function followMessage(seed: number, options: Options): void {
  const run = seedOptionsOf(seed, options);
  // The same seed gives the same run: once to know which messages there are, once to follow one.
  const messages = messagesIn(seed, run);
  const wanted = options.follow ?? "";
  if (wanted === "") {
    for (const message of messages) console.log(listLine(message));
    return;
  }
  const { id } = chosen(messages, wanted);
  showResult({}, runSeed(seed, { ...run, watch: (world) => new Follower(world, id, (line) => console.log(line)) }));
}

function messagesIn(seed: number, run: SeedOptions): SaidMessage[] {
  let truths: Truths = new Map();
  runSeed(seed, {
    ...run,
    watch: ({ observer }) => {
      truths = observer.truths;
      return null;
    },
  });
  return messagesOf(truths);
}

function chosen(messages: readonly SaidMessage[], wanted: string): SaidMessage {
  const found = findMessages(messages, wanted);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const what = found.length === 0 ? "is no message" : `may be ${found.length} messages`;
  throw new UsageError(`--follow ${wanted}: ${what} of this world. --follow alone lists them all.`);
}
