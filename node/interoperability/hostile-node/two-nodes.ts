import type { Participant } from "../../service-node/testing/participants.ts";
import type { Bench } from "./bench.ts";

/** As many messages Ada says, and is gone. */
export const SAID = 5;

/** A channel in which Ada said five messages over this service node; returns its invite. */
export async function saysFive(bench: Bench, multiaddr: string): Promise<string> {
  const ada = await bench.participant("Ada", [multiaddr]);
  for (const number of range(SAID)) {
    await ada.say(`message ${number}`);
    if (!(await isTaken(bench, ada, `message ${number}`))) throw new Error("the honest service node did not take it");
  }
  const { inviteCode } = ada;
  await ada.close();
  return inviteCode;
}

const WAITS = new Set(["queued", "waiting", "sending"]);

/** Whether the network takes what a participant said. */
export function isTaken(bench: Bench, participant: Participant, text: string): Promise<boolean> {
  return bench.comesAbout(async () => !WAITS.has((await participant.has(text, 1_000)).delivery.state.kind));
}

/** Whether all of them come to a participant, in order. */
export function textsCome(bench: Bench, participant: Participant): Promise<boolean> {
  const all = range(SAID).map((number) => `message ${number}`);
  return bench.comesAbout(async () => {
    const texts = await participant.texts();
    return all.every((text, index) => texts[index] === text);
  });
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
