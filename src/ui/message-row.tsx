import type { JSX } from "preact";
import type { MessageView, ParticipantView } from "../channel/channel-client.ts";
import type { MessageId } from "../sds/ids.ts";
import { Avatar } from "./avatar.tsx";
import { excerpt } from "./delivery-announcements.ts";
import { DeliveryMark } from "./delivery-mark.tsx";
import { timeWords } from "./log-rows.ts";
import { memo } from "./memo.tsx";
import { personName } from "./people.ts";
import { useStrings } from "./strings-context.ts";

export interface MessageRowProps {
  readonly message: MessageView;
  readonly author: ParticipantView;
  /** Stands under the name of the message before it. */
  readonly grouped: boolean;
  readonly onDetails: (id: MessageId) => void;
}

/**
 * One message. My own says its delivery in words below the text; others' show the mark only, as a button to the details.
 * Rows are reached with the arrow keys, so their buttons are no tab stops of their own.
 */
export const MessageRow = memo(function MessageRow({ message, author, grouped, onDetails }: MessageRowProps): JSX.Element {
  const strings = useStrings();
  const mark = (
    <button
      type="button"
      class={message.mine ? "row-delivery" : "row-delivery row-delivery-quiet"}
      tabIndex={-1}
      aria-description={strings.list.showDetails(excerpt(message.text))}
      onClick={() => onDetails(message.id)}
    >
      <DeliveryMark
        state={message.delivery.state}
        audience={message.delivery.audience.length}
        size={16}
        compact={!message.mine}
      />
    </button>
  );
  return (
    <article
      class={grouped ? "row row-grouped" : "row"}
      data-row={message.id}
      data-message-id={message.id}
      data-mine={message.mine ? "true" : "false"}
      // My own message is no news to me; its delivery is announced apart.
      aria-live={message.mine ? "off" : undefined}
      tabIndex={-1}
    >
      {grouped ? null : <RowHead message={message} author={author} />}
      <div class="row-body">
        <MessageText message={message} />
        {mark}
      </div>
    </article>
  );
});

function RowHead({ message, author }: { readonly message: MessageView; readonly author: ParticipantView }): JSX.Element {
  const strings = useStrings();
  return (
    <header class="row-head">
      <Avatar participant={author} size={32} />
      <span class="row-author">{personName(author, strings.people)}</span>
      {author.me ? <span class="row-note">{strings.list.you}</span> : null}
      {message.signed ? null : <span class="row-note row-unsigned">{strings.list.unsigned}</span>}
      {message.type === "announcement" ? <span class="row-badge">{strings.list.announcement}</span> : null}
      <time class="row-time" dateTime={isoOrEmpty(message.composedAt)}>
        {timeWords(message.composedAt, strings.locale)}
      </time>
    </header>
  );
}

function MessageText({ message }: { readonly message: MessageView }): JSX.Element {
  const strings = useStrings();
  if (message.type === "profile") return <p class="row-text row-quiet">{strings.list.calledThemselves(message.text)}</p>;
  return (
    <p class="row-text" dir="auto">
      {message.text}
    </p>
  );
}

/** Authors write any number as their time; a date beyond what Date can hold has no ISO form. */
function isoOrEmpty(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
