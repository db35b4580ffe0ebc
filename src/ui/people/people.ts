import type { ParticipantView } from "../../channel/api/channel-client.ts";
import type { PeopleStrings } from "../strings/strings.ts";

export const PERSON_COLOURS = 8;

/** Which of the eight colours of the theme, 1 to 8, by the order in which this device met them. */
export function personColour(index: number): number {
  return (index % PERSON_COLOURS) + 1;
}

/** A, B, ... Z, AA, AB ...: tells apart people who have no name yet. */
export function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter;
}

export function personName(participant: ParticipantView, strings: PeopleStrings): string {
  return participant.name.trim() === "" ? strings.unnamed(letterOf(participant.index)) : participant.name.trim();
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The letter in the avatar: the first of the name as people perceive it, or the letter of the order of meeting. */
export function personLetter(participant: ParticipantView): string {
  const name = participant.name.trim();
  if (name === "") return letterOf(participant.index);
  const [first] = graphemes.segment(name);
  return (first?.segment ?? name.slice(0, 1)).toLocaleUpperCase();
}
