import type { ComponentChildren, JSX } from "preact";
import type { MessageView, ParticipantView } from "../../channel/api/channel-client.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { excerpt } from "../delivery/delivery-announcements.ts";
import { DeliveryMark } from "../delivery/delivery-mark.tsx";
import { timeWords } from "../model/log-rows.ts";
import { textOrNote } from "../model/message-text.ts";
import { Avatar } from "../people/avatar.tsx";
import { personName } from "../people/people.ts";
import { useStrings } from "../strings/strings-context.ts";
import { memo } from "../widgets/memo.tsx";

export interface MessageRowProps {
  readonly message: MessageView;
  readonly author: ParticipantView;
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
        <DetailsButton {...props} compact={!message.mine} />
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
      <Avatar participant={author} size={20} />
      <span class="row-event-text">
        {strings.list.introduced(message.textKept ? message.text : personName(author, strings.people))}
      </span>
      <Time at={message.composedAt} />
      <DetailsButton {...props} compact />
    </Row>
  );
}

interface RowProps {
  readonly message: MessageView;
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
      // My own message is no news to me; its delivery is announced apart.
      aria-live={message.mine ? "off" : undefined}
      tabIndex={-1}
    >
      {children}
    </article>
  );
}

type DetailsButtonProps = Pick<MessageRowProps, "message" | "onDetails"> & { readonly compact: boolean };

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

type RowHeadProps = Pick<MessageRowProps, "message" | "author">;

function RowHead({ message, author }: RowHeadProps): JSX.Element {
  const strings = useStrings();
  return (
    <header class="row-head">
      <Avatar participant={author} size={32} />
      <span class="row-author">{personName(author, strings.people)}</span>
      {author.me ? <span class="row-note">{strings.list.you}</span> : null}
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
