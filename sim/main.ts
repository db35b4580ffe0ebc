/** `npm run sim`: the protocol in simulated worlds. `--help` prints what it takes. The last line is JSON. */
import { commandOf } from "./cli/command.ts";
import { costs } from "./cli/costs-command.ts";
import { crashPoints } from "./cli/crash-command.ts";
import { differential } from "./cli/differential-command.ts";
import { figures } from "./cli/figures-command.ts";
import { followMessage } from "./cli/follow-command.ts";
import { mutations } from "./cli/mutations-command.ts";
import { type Options, parseOptions } from "./cli/options.ts";
import { scenarios } from "./cli/scenario-command.ts";
import { oneFullSeed, oneSeed } from "./cli/seed-command.ts";
import { swarm } from "./cli/swarm-command.ts";
import { targets } from "./cli/targets-command.ts";
import { UsageError } from "./cli/usage-error.ts";

const HELP = `npm run sim -- OPTIONS
  --seeds N [--first N] [--jobs N]   worlds one after the other, in N processes; stops after 10 violations
  --seed N [--trace]                 one world again, with all that happens in it
    [--shrink]                       the smallest script that breaks the same promise
    [--follow MESSAGE]               one message's life in all members, with the rule of docs/protocol.md that decided
                                     each step: the beginning of its id, or '#N' for the N-th; alone it lists them
    [--only 3,7,12] [--mutation NAME] [--set loss=0,duplication=0] [--participants P] [--loss X] [--profile P]
  --full [--seeds N | --seed N]      the same on the real channel: signatures, encryption, storage
  --scenario NAME|all [--participants P] [--loss X] [--profile sds|community] [--seed N] [--trace]
  --mutations [--mutation NAME] [--searches N]   defects put in on purpose, and how many seeds it takes to find each
  --crash-points [--storage memory|dexie] [--script NAME [--write K --moment before|waiting|during|after --keep N]]
  --differential [--seeds N | --seed N]   ours and @waku/sds in one channel, with up to 20 % loss
  --figures                          how fast, how much traffic, for groups of 2 to 50
  --targets [--participants MOST]    how soon receipts, gaps and deliveries are there, beside what SDS aims at, as a table
  --costs [--participants MOST]      messages and bytes by group size, level and message rate, as a table`;

async function run(options: Options): Promise<void> {
  const { seed = 0, scenario = "" } = options;
  switch (commandOf(options)) {
    case "help":
      return console.log(HELP);
    case "figures":
      return figures();
    case "targets":
      return targets(options);
    case "costs":
      return costs(options);
    case "differential":
      return differential(options);
    case "crashPoints":
      return crashPoints(options);
    case "fullSeed":
      return oneFullSeed(seed, options);
    case "fullSwarm":
      return swarm("full", options);
    case "mutations":
      return mutations(options);
    case "scenario":
      return scenarios(scenario, options);
    case "follow":
      return followMessage(seed, options);
    case "seed":
      return oneSeed(seed, options);
    case "swarm":
      return swarm("core", options);
  }
}

try {
  await run(parseOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
