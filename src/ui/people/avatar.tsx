import type { JSX } from "preact";
import type { ParticipantView } from "../../channel/api/channel-client.ts";
import { personColour, personLetter } from "./people.ts";

/** Colour and letter of a participant. Decorative: the name is always written beside it or as the cell's text. */
export function Avatar({
  participant,
  size,
}: {
  readonly participant: ParticipantView;
  readonly size: 20 | 24 | 32;
}): JSX.Element {
  return (
    <span class={`avatar avatar-${size}`} data-colour={personColour(participant.index)} aria-hidden="true">
      {personLetter(participant)}
    </span>
  );
}
