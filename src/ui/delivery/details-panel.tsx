import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type {
  ChannelClient,
  EvidenceView,
  MessageDetails,
  MessageView,
  ParticipantView,
  PossibleView,
} from "../../channel/api/channel-client.ts";
import type { ParticipantId } from "../../sds/wire/ids.ts";
import { textOrNote } from "../model/message-text.ts";
import { Avatar } from "../people/avatar.tsx";
import { byMeeting } from "../people/participants.tsx";
import { personName } from "../people/people.ts";
import { errorWords } from "../strings/error-words.ts";
import type { Strings } from "../strings/strings.ts";
import { useStrings } from "../strings/strings-context.ts";
import { CopyButton } from "../widgets/copy-button.tsx";
import { Dialog } from "../widgets/dialog.tsx";
import { DeliveryMark } from "./delivery-mark.tsx";

export interface DetailsPanelProps {
  readonly client: ChannelClient;
  /** As the list shows it now: a change of its delivery reads the details anew. */
  readonly message: MessageView;
  readonly participants: ReadonlyMap<ParticipantId, ParticipantView>;
  readonly onClose: () => void;
}

/** Who has one message, on which evidence and since when; what was tried; and what can be done about it. */
export function DetailsPanel({ client, message, participants, onClose }: DetailsPanelProps): JSX.Element {
  const strings = useStrings();
  const { details, problem, act } = useDetails(client, message);
  const delivery = details?.delivery ?? message.delivery;
  return (
    <Dialog title={strings.details.title} shape="panel" onClose={onClose}>
      <blockquote class={message.textKept ? "details-text" : "details-text text-gone"} dir="auto">
        {textOrNote(message, strings)}
      </blockquote>
      <p class="details-state">
        <DeliveryMark state={message.delivery.state} audience={message.delivery.audience.length} size={32} />
      </p>
      {problem === null ? null : (
        <p class="note note-bad" role="alert">
          {errorWords(problem, strings)}
        </p>
      )}
      <Actions message={message} act={act} client={client} />
      <section class="details-section">
        <h3>{strings.details.whoHasIt}</h3>
        <Receivers
          participants={participants}
          audience={delivery.audience}
          received={delivery.received}
          evidence={details?.evidence ?? []}
          possible={details?.possible ?? []}
        />
        <p class="hint">{strings.details.explainReceipt}</p>
        {details?.timesKept === false ? <p class="hint">{strings.details.timesGone}</p> : null}
      </section>
      {message.mine && details !== null ? <Attempts details={details} /> : null}
      {details === null ? null : <Facts details={details} author={participants.get(message.author)} />}
    </Dialog>
  );
}

function useDetails(client: ChannelClient, message: MessageView) {
  const [details, setDetails] = useState<MessageDetails | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    let current = true;
    client.details(message.id).then(
      (next) => {
        if (current) setDetails(next);
      },
      (error: unknown) => {
        if (current) setProblem(error);
      },
    );
    return () => {
      current = false;
    };
  }, [client, message.id, message.delivery]);
  const act = (action: Promise<void>): void => {
    setProblem(null);
    action.catch(setProblem);
  };
  return { details, problem, act };
}

interface ActionsProps {
  readonly client: ChannelClient;
  readonly message: MessageView;
  readonly act: (action: Promise<void>) => void;
}

function Actions({ client, message, act }: ActionsProps): JSX.Element {
  const strings = useStrings().details;
  const kind = message.delivery.state.kind;
  const again = message.mine && ["failed", "unconfirmed", "stopped"].includes(kind);
  const stop = message.mine && ["sending", "sent", "stored", "unconfirmed"].includes(kind);
  const remove = message.mine && ["queued", "waiting", "failed", "stopped"].includes(kind);
  return (
    <div class="actions">
      {again ? (
        <button type="button" class="primary" onClick={() => act(client.sendAgain(message.id))}>
          {strings.sendAgain}
        </button>
      ) : null}
      {stop ? (
        <button type="button" class="secondary" onClick={() => act(client.stopSending(message.id))}>
          {strings.stopSending}
        </button>
      ) : null}
      {remove ? (
        <button type="button" class="secondary danger" onClick={() => act(client.remove(message.id))}>
          {strings.remove}
        </button>
      ) : null}
      <CopyButton label={strings.copyText} text={message.text} disabled={!message.textKept} />
    </div>
  );
}

interface ReceiversProps {
  readonly participants: ReadonlyMap<ParticipantId, ParticipantView>;
  readonly audience: readonly ParticipantId[];
  readonly received: readonly ParticipantId[];
  readonly evidence: readonly EvidenceView[];
  readonly possible: readonly PossibleView[];
}

/** Those with a receipt first, then those of the audience who have not confirmed. */
function Receivers({ participants, audience, received, evidence, possible }: ReceiversProps): JSX.Element {
  const strings = useStrings();
  const named = [...evidence, ...possible].map((item) => item.participant);
  const ids = new Set([...received, ...named, ...audience]);
  const people = [...ids].map((id) => participants.get(id)).filter((person) => person !== undefined);
  if (people.length === 0) return <p>{strings.details.nobodyYet}</p>;
  const has = new Set(received);
  const rank = (person: ParticipantView): number => (has.has(person.id) ? 0 : 1);
  people.sort((a, b) => rank(a) - rank(b) || byMeeting(a, b));
  return (
    <ul class="receivers">
      {people.map((person) => (
        <Receiver
          key={person.id}
          person={person}
          received={has.has(person.id)}
          evidence={evidence.find((item) => item.participant === person.id)}
          possible={possible.find((item) => item.participant === person.id)}
        />
      ))}
    </ul>
  );
}

interface ReceiverProps {
  readonly person: ParticipantView;
  readonly received: boolean;
  readonly evidence: EvidenceView | undefined;
  readonly possible: PossibleView | undefined;
}

function Receiver({ person, received, evidence, possible }: ReceiverProps): JSX.Element {
  const words = receiverWords({ received, evidence, possible }, useStrings());
  const { locale, people } = useStrings();
  const at = evidence?.at ?? (received ? undefined : possible?.at);
  return (
    <li class="receiver" data-received={received ? "true" : "false"}>
      <Avatar participant={person} size={24} />
      <span class="receiver-name">{personName(person, people)}</span>
      <span class="receiver-evidence">{words}</span>
      {at === undefined ? null : (
        <time class="receiver-time" dateTime={new Date(at).toISOString()}>
          {clock(at, locale)}
        </time>
      )}
    </li>
  );
}

/** The strongest word there is: evidence, an unsigned claim, a filter. */
export function receiverWords(
  { received, evidence, possible }: Omit<ReceiverProps, "person">,
  { details, matrix }: Strings,
): string {
  if (evidence !== undefined) {
    return evidence.signed ? details.evidence(evidence.how, evidence.by) : details.unsignedClaim;
  }
  if (received) return matrix.has;
  return possible === undefined ? details.noEvidence : details.probably(possible.chance, possible.signed);
}

function Attempts({ details }: { readonly details: MessageDetails }): JSX.Element {
  const strings = useStrings();
  return (
    <section class="details-section">
      <h3>{strings.details.attempts}</h3>
      {details.attempts.length === 0 && details.timesKept ? <p>{strings.details.noAttempts}</p> : null}
      <ul class="attempts">
        {details.attempts.map((attempt) => (
          <li key={attempt.attempt}>
            <span>{strings.details.attempt(attempt.attempt)}</span>
            <span class="receiver-evidence">{strings.details.outcome(attempt.outcome, attempt.reason)}</span>
            <time class="receiver-time" dateTime={new Date(attempt.at).toISOString()}>
              {clock(attempt.at, strings.locale)}
            </time>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface FactsProps {
  readonly details: MessageDetails;
  readonly author: ParticipantView | undefined;
}

function Facts({ details, author }: FactsProps): JSX.Element {
  const { details: strings, locale } = useStrings();
  const { authorSeq, numberShared } = details;
  return (
    <section class="details-section">
      <h3>{strings.facts}</h3>
      <dl class="facts">
        <dt>{strings.written}</dt>
        <dd>{new Date(details.composedAt).toLocaleString(locale)}</dd>
        <dt>{strings.size}</dt>
        <dd>{strings.bytes(details.bytes)}</dd>
        {authorSeq === null ? null : (
          <>
            <dt>{strings.number}</dt>
            <dd>{numberShared ? strings.numberShared(authorSeq) : authorSeq.toLocaleString(locale)}</dd>
          </>
        )}
        {author === undefined || author.gaps === 0 ? null : (
          <>
            <dt>{strings.numbersUnseen}</dt>
            <dd>{strings.messages(author.gaps)}</dd>
          </>
        )}
        <dt>{strings.lamport}</dt>
        <dd class="mono">{details.lamport}</dd>
        <dt>{strings.id}</dt>
        <dd class="mono">{details.id}</dd>
      </dl>
    </section>
  );
}

function clock(at: number, locale: string): string {
  return new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}
