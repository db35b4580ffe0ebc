import type { ComponentChildren, JSX } from "preact";
import type { MessageView, ParticipantView } from "../../channel/api/channel-client.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { excerpt } from "../delivery/delivery-announcements.ts";
import { DeliveryMark } from "../delivery/delivery-mark.tsx";
import { timeWords } from "../model/log-rows.ts";
import { textOrNote } from "../model/message-text.ts";
import type { ShownMessage } from "../model/shown-item.ts";
import { Avatar } from "../people/avatar.tsx";
import { personName } from "../people/people.ts";
import type { PeopleStrings } from "../strings/strings.ts";
import { useStrings } from "../strings/strings-context.ts";
import { memo } from "../widgets/memo.tsx";

export interface MessageRowProps {
  readonly message: ShownMessage;
  /** Null: what says who they are was not read yet. */
  readonly author: ParticipantView | null;
  /** Stands under the name of the message before it. */
  readonly grouped: boolean;
  readonly onDetails: (id: MessageId) => void;
}

/**
 * One message. My own says its delivery in words; others' show the mark only. Rows are reached with the arrow keys, so
 * their buttons are no tab stops of their own.
 */
export const MessageRow = memo(function MessageRow(props: MessageRowProps): JSX.Element {
  const { message, author, grouped } = props;
  const strings = useStrings();
  if (message.type === "profile") return <IntroductionRow {...props} />;
  return (
    <Row message={message} class={grouped ? "row row-grouped" : "row"}>
      {grouped ? null : <RowHead message={message} author={author} />}
      <div class="row-body">
        <p class={message.textKept ? "row-text" : "row-text text-gone"} dir="auto">
          {textOrNote(message, strings)}
        </p>
        <Delivery {...props} compact={!message.mine} />
      </div>
    </Row>
  );
});

/** The first message of a participant is its name: an event of the channel rather than something said. */
function IntroductionRow(props: MessageRowProps): JSX.Element {
  const { message, author } = props;
  const strings = useStrings();
  return (
    <Row message={message} class="row row-event">
      <AuthorAvatar author={author} size={20} />
      <span class="row-event-text">
        {strings.list.introduced(message.textKept ? message.text : nameOf(author, strings.people))}
      </span>
      <Time at={message.composedAt} />
      <Delivery {...props} compact />
    </Row>
  );
}

interface RowProps {
  readonly message: ShownMessage;
  readonly class: string;
  readonly children: ComponentChildren;
}

function Row({ message, class: className, children }: RowProps): JSX.Element {
  return (
    <article
      class={className}
      data-row={message.id}
      data-message-id={message.id}
      data-mine={message.mine ? "true" : "false"}
      data-preview={message.kind === "preview" ? "true" : undefined}
      // My own message is no news to me; its delivery is announced apart.
      aria-live={message.mine ? "off" : undefined}
      tabIndex={-1}
    >
      {children}
    </article>
  );
}

type DeliveryProps = Pick<MessageRowProps, "message" | "onDetails"> & { readonly compact: boolean };

/** Of what is not in the log yet nobody knows who has it: its room stays free, so that nothing moves when that is known. */
function Delivery({ message, onDetails, compact }: DeliveryProps): JSX.Element {
  if (message.kind === "preview") return <RoomForDelivery />;
  return <DetailsButton message={message} onDetails={onDetails} compact={compact} />;
}

/** Built as the button with its mark is, so that a row is as high as it will be. */
function RoomForDelivery(): JSX.Element {
  return (
    <button type="button" class="row-delivery row-delivery-open" tabIndex={-1} disabled>
      <span class="delivery">
        <svg class="mark" width="16" height="16" viewBox="0 0 20 20" aria-hidden="true" />
      </span>
    </button>
  );
}

type DetailsButtonProps = Omit<DeliveryProps, "message"> & { readonly message: MessageView };

function DetailsButton({ message, onDetails, compact }: DetailsButtonProps): JSX.Element {
  const strings = useStrings();
  return (
    <button
      type="button"
      class="row-delivery"
      tabIndex={-1}
      aria-description={strings.list.showDetails(excerpt(textOrNote(message, strings)))}
      onClick={() => onDetails(message.id)}
    >
      <DeliveryMark
        state={message.delivery.state}
        audience={message.delivery.audience.length}
        size={16}
        compact={compact}
      />
    </button>
  );
}

type Author = MessageRowProps["author"];

function AuthorAvatar({ author, size }: { readonly author: Author; readonly size: 20 | 32 }): JSX.Element {
  if (author !== null) return <Avatar participant={author} size={size} />;
  return <span class={`avatar avatar-${size} avatar-open`} aria-hidden="true" />;
}

function nameOf(author: Author, strings: PeopleStrings): string {
  return author === null ? strings.nameFollows : personName(author, strings);
}

type RowHeadProps = Pick<MessageRowProps, "message" | "author">;

function RowHead({ message, author }: RowHeadProps): JSX.Element {
  const strings = useStrings();
  return (
    <header class="row-head">
      <AuthorAvatar author={author} size={32} />
      <span class={author === null ? "row-author row-author-open" : "row-author"}>
        {nameOf(author, strings.people)}
      </span>
      {message.mine ? <span class="row-note">{strings.list.you}</span> : null}
      {message.signed ? null : <span class="row-note row-unsigned">{strings.list.unsigned}</span>}
      {message.type === "announcement" ? <span class="row-badge">{strings.list.announcement}</span> : null}
      <Time at={message.composedAt} />
    </header>
  );
}

function Time({ at }: { readonly at: number }): JSX.Element {
  const strings = useStrings();
  const date = new Date(at);
  // Authors write any number as their time; a date beyond what Date can hold has no ISO form.
  const machine = Number.isNaN(date.getTime()) ? "" : date.toISOString();
  return (
    <time class="row-time" dateTime={machine}>
      {timeWords(at, strings.locale)}
    </time>
  );
}
