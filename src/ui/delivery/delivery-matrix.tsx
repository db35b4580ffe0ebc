import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { MessageView, ParticipantView } from "../../channel/api/channel-client.ts";
import { isInMatrix } from "../../channel/api/message-type.ts";
import type { MessageId, ParticipantId } from "../../sds/wire/ids.ts";
import type { ChannelStore } from "../model/channel-store.ts";
import { timeWords } from "../model/log-rows.ts";
import { textOrNote } from "../model/message-text.ts";
import { Avatar } from "../people/avatar.tsx";
import { byMeeting } from "../people/participants.tsx";
import { personName } from "../people/people.ts";
import { useStrings } from "../strings/strings-context.ts";
import { memo } from "../widgets/memo.tsx";
import { usePortions } from "../widgets/use-portions.ts";
import { excerpt } from "./delivery-announcements.ts";
import { DeliveryMark } from "./delivery-mark.tsx";

/** More than this is no overview, and each new row moves all of it; the list has the rest. */
const MAX_ROWS = 200;
const MAX_CELLS = 1_200;

/** Cells that are drawn in one task: as many as a few rows of a large group have, or many of a small one. */
const PORTION_OF_CELLS = 120;

/** More people than this stand closer together. */
const ROOMY_COLUMNS = 5;

export interface DeliveryMatrixProps {
  readonly store: ChannelStore;
  readonly onDetails: (id: MessageId) => void;
}

/** A person whose column it is. */
interface Column {
  readonly id: ParticipantId;
  readonly name: string;
}

interface Row {
  readonly key: MessageId;
  readonly message: MessageView;
  readonly columns: readonly Column[];
}

const rowsAreAlike = (before: Row, after: Row): boolean =>
  before.message === after.message && before.columns === after.columns;

export type CellState = "author" | "has" | "none";

export function cellState(message: MessageView, participant: ParticipantId): CellState {
  if (message.author === participant) return "author";
  return message.delivery.received.includes(participant) ? "has" : "none";
}

/** Messages by participants, newest first: who wrote it, who has it, of whom nothing is known yet. */
export function DeliveryMatrix({ store, onDetails }: DeliveryMatrixProps): JSX.Element {
  const strings = useStrings();
  const people = [...store.participants.value.values()].sort(byMeeting);
  const messages = store.entries.value
    .filter((entry) => entry.kind === "message")
    .filter((entry) => isInMatrix(entry.type))
    .slice(-Math.min(MAX_ROWS, Math.ceil(MAX_CELLS / people.length)));
  const columns = useColumns(people);
  const wanted = messages.map((message): Row => ({ key: message.id, message, columns }));
  const portion = Math.ceil(PORTION_OF_CELLS / (1 + columns.length));
  const rows = [...usePortions(wanted, portion, rowsAreAlike).rows].reverse();
  return (
    <div class="matrix">
      {messages.length === 0 ? (
        <p class="matrix-empty">{store.previewing.value ? strings.matrix.reading : strings.matrix.empty}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
        <section class="matrix-scroll" tabIndex={0} aria-label={strings.matrix.title}>
          <table style={{ "--people": people.length, "--column": people.length > ROOMY_COLUMNS ? "44px" : "60px" }}>
            <caption class="visually-hidden">{strings.matrix.caption}</caption>
            <thead>
              <tr>
                <th scope="col" class="matrix-corner">
                  {strings.matrix.message}
                </th>
                {people.map((person) => (
                  <PersonHead key={person.id} person={person} />
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, message, columns }) => (
                <MatrixRow key={key} message={message} columns={columns} onDetails={onDetails} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      <Legend />
    </div>
  );
}

/** The same array for as long as the same people have the same names, whatever else changes: then no row is drawn again. */
function useColumns(people: readonly ParticipantView[]): readonly Column[] {
  const strings = useStrings().people;
  const columns = people.map((person): Column => ({ id: person.id, name: personName(person, strings) }));
  // What the columns say is what counts, not which array says it.
  return useMemo(() => columns, [JSON.stringify(columns)]);
}

function PersonHead({ person }: { readonly person: ParticipantView }): JSX.Element {
  const strings = useStrings().people;
  return (
    <th scope="col" class="matrix-person">
      <Avatar participant={person} size={24} />
      <span class="matrix-name">{person.me ? strings.you : personName(person, strings)}</span>
    </th>
  );
}

interface MatrixRowProps {
  readonly message: MessageView;
  readonly columns: readonly Column[];
  readonly onDetails: (id: MessageId) => void;
}

const MatrixRow = memo(function MatrixRow({ message, columns, onDetails }: MatrixRowProps): JSX.Element {
  const strings = useStrings();
  const { state, audience } = message.delivery;
  return (
    <tr data-matrix-row={message.id} data-matrix-state={state.kind}>
      <th scope="row" class="matrix-message">
        <button type="button" class="matrix-open" onClick={() => onDetails(message.id)}>
          <span class="matrix-line">
            <span class={message.textKept ? "matrix-text" : "matrix-text text-gone"} dir="auto">
              {excerpt(textOrNote(message, strings))}
            </span>
            <time class="row-time">{timeWords(message.composedAt, strings.locale)}</time>
          </span>
          <DeliveryMark state={state} audience={audience.length} size={16} />
        </button>
      </th>
      {columns.map(({ id, name }) => (
        <MatrixCell key={id} state={cellState(message, id)} name={name} />
      ))}
    </tr>
  );
});

interface MatrixCellProps {
  readonly state: CellState;
  readonly name: string;
}

function MatrixCell({ state, name }: MatrixCellProps): JSX.Element {
  const strings = useStrings();
  const words = strings.matrix.cell(name, state);
  return (
    <td class="matrix-cell" data-cell={state} title={words}>
      <CellMark state={state} />
      <span class="visually-hidden">{words}</span>
    </td>
  );
}

function CellMark({ state }: { readonly state: CellState }): JSX.Element {
  return (
    <svg class="cell-mark" data-cell={state} width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      {state === "author" ? <path d="M5 15 5.8 11.8 13 4.6 15.4 7 8.2 14.2ZM11.4 6.2 13.8 8.6" /> : null}
      {state === "has" ? <path d="M4.6 10.4 8.4 14.2 15.6 6" /> : null}
      {state === "none" ? <circle cx="10" cy="10" r="2" /> : null}
    </svg>
  );
}

function Legend(): JSX.Element {
  const strings = useStrings().matrix;
  return (
    <p class="legend">
      <span>
        <CellMark state="author" /> {strings.author}
      </span>
      <span>
        <CellMark state="has" /> {strings.has}
      </span>
      <span>
        <CellMark state="none" /> {strings.noEvidence}
      </span>
    </p>
  );
}
