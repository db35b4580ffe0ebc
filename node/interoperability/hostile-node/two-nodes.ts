import type { Participant } from "../../service-node/testing/participants.ts";
import type { Bench } from "./bench.ts";

/** As many messages Ada says, and is gone. */
export const SAID = 5;

/** A channel in which Ada said five messages over this service node; returns its invite. */
export async function saysFive(bench: Bench, multiaddr: string): Promise<string> {
  const ada = await bench.participant("Ada", [multiaddr]);
  for (const number of range(SAID)) await ada.say(`message ${number}`);
  const { inviteCode } = ada;
  const isTaken = async (): Promise<boolean> => {
    const { page } = await ada.client.snapshot(50);
    const chats = page.entries.filter((entry) => entry.kind === "message" && entry.type === "chat");
    return chats.length === SAID && chats.every((entry) => "delivery" in entry && !WAITS.has(entry.delivery.state.kind));
  };
  if (!(await bench.comesAbout(isTaken))) throw new Error("the honest service node did not take what Ada said");
  await ada.close();
  return inviteCode;
}

const WAITS = new Set(["queued", "waiting", "sending"]);

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
