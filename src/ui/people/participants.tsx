import type { JSX } from "preact";
import type { ParticipantView } from "../../channel/api/channel-client.ts";
import { useStrings } from "../strings/strings-context.ts";
import { Avatar } from "./avatar.tsx";
import { personName } from "./people.ts";

/** Me first, then in the order in which this device met them. */
export function byMeeting(a: ParticipantView, b: ParticipantView): number {
  if (a.me !== b.me) return a.me ? -1 : 1;
  return a.index - b.index;
}

/** Everybody known, in one row that scrolls when it is full; present or away as a word and as a full or open dot. */
export function Participants({ participants }: { readonly participants: Iterable<ParticipantView> }): JSX.Element {
  const strings = useStrings();
  return (
    // A row that can scroll has to be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable region
    <ul class="people" aria-label={strings.people.label} tabIndex={0}>
      {[...participants].sort(byMeeting).map((participant) => (
        <Person key={participant.id} participant={participant} />
      ))}
    </ul>
  );
}

function Person({ participant }: { readonly participant: ParticipantView }): JSX.Element {
  const strings = useStrings().people;
  const present = participant.me || participant.present;
  return (
    <li class="person" data-participant={participant.id} data-present={present ? "true" : "false"}>
      <Avatar participant={participant} size={24} />
      <span class="person-name">{personName(participant, strings)}</span>
      <span class="person-state">
        <span class="presence-dot" aria-hidden="true" />
        {participant.me ? strings.you : present ? strings.present : strings.away}
        {participant.signed ? "" : `, ${strings.unsigned}`}
        {participant.equivocations === 0 ? "" : `, ${strings.equivocated(participant.equivocations)}`}
      </span>
    </li>
  );
}
