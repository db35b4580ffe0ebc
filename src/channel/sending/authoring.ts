import type { ChannelState } from "../../sds/channel-state.ts";
import { isAhead } from "../../sds/clock/lamport-clock.ts";
import { prepareAnew } from "../../sds/compose/compose-anew.ts";
import type { Environment } from "../../sds/io/step-context.ts";
import type { IncomingContent, StepInput } from "../../sds/io/step-input.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import { prepare } from "../../sds/step.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { ChannelError, type SendRequest } from "../api/channel-client.ts";
import { encodeText } from "../api/text.ts";
import type { BodyCache } from "../disk/body-cache.ts";
import { type Author, composeContent } from "./compose.ts";
import { createSentRequests } from "./sent-requests.ts";

/** Stands in the place of a message that was deleted before it left. */
const VOID = { type: MESSAGE_TYPE.void, body: new Uint8Array() };

const CUT_OFF = "The channel was closed before this was done. Reload the page and try again.";

/**
 * Own messages: composed one at a time, since each names the one before it as its cause and sequence numbers stay without
 * gaps. Deleting and composing anew take their turns among sends: none may name a message that is about to be replaced.
 */
export interface Authoring {
  /** Resolves once the message is on disk, also when it was before: the same request is one message. */
  send(request: SendRequest): Promise<{ readonly id: MessageId }>;
  /** Waits its turn among sends: what is said next builds on what comes out of this. */
  composeAnew(ids: readonly MessageId[], voided: MessageId | null): void;
  /** Deletes a message, or sends it no more; resolves when what has to be composed anew for that is. */
  takeBack(kind: "withdraw" | "stop-sending", id: MessageId): Promise<void>;
  /** The id by which the log has a message now: that of one that was composed anew changed. Of any other id, itself. */
  currentId(id: MessageId): MessageId;
}

/** Own messages to be composed anew, in order; `voided` becomes a void. */
interface Replacement {
  readonly ids: readonly MessageId[];
  readonly voided: MessageId | null;
}

export interface AuthoringOptions {
  readonly state: ChannelState;
  readonly author: Author;
  readonly bodies: BodyCache;
  readonly environment: () => Environment;
  readonly dispatch: (input: StepInput) => Promise<void>;
}

export function createAuthoring({ state, author, bodies, environment, dispatch }: AuthoringOptions): Authoring {
  const requests = createSentRequests(state, bodies);
  let turn: Promise<unknown> = Promise.resolve();
  /** What does not leave until it is composed anew; before anything else is said. */
  const replacements: Replacement[] = [];
  /** Ids that messages had before, for whoever asks under one of them. */
  const laterIds = new Map<MessageId, MessageId>();

  function inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = turn.then(action);
    turn = done.catch(() => {});
    return done;
  }

  /** A request that was refused was not sent, so asking again is a new try. */
  async function sendOnce(request: SendRequest, body: Uint8Array): Promise<{ readonly id: MessageId }> {
    const id = (await requests.find(request, body)) ?? (await accept(request, body));
    requests.set(request.requestId, id);
    return { id };
  }

  async function accept(request: SendRequest, body: Uint8Array): Promise<MessageId> {
    // One that fails stays as it was, and is none of this message's business.
    await composeReplacements().catch(() => {});
    // A clock that was set back is noticed by a step; what is prepared before that would be dated as wrongly as it was.
    if (isAhead(state.clock.lamport, environment().now)) await dispatch({ kind: "wake" });
    const env = environment();
    const type = MESSAGE_TYPE[request.type];
    const content = await composeContent(author, prepare(state, env), type, body, env.now);
    const { requestId, levelPercent } = request;
    await dispatch({ kind: "composed", content, requestId, levelPercent }).catch(asStorageError);
    return content.id;
  }

  async function composeReplacements(): Promise<void> {
    for (let next = replacements.shift(); next !== undefined; next = replacements.shift()) await composeAllAnew(next);
  }

  async function composeAllAnew({ ids, voided }: Replacement): Promise<void> {
    const contents = await readAndCompose(ids, voided).catch(() => []);
    const requestIds = ids.map(requestIdOf);
    await dispatch({ kind: "composed-anew", ids, contents });
    for (const [index, before] of ids.entries()) {
      const id = contents[index]?.id;
      // Not taken when something was said meanwhile: then these are to be composed once more.
      if (id === undefined || before === voided || !state.log.entries.has(id)) continue;
      laterIds.set(before, id);
      // Asking again for what was sent under the same name still sends nothing twice.
      requests.set(requestIds[index] ?? "", id);
    }
    if (contents.length === 0) throw new ChannelError("internal", "The message could not be taken back. Try again.");
  }

  async function takeBack(kind: "withdraw" | "stop-sending", asked: MessageId): Promise<void> {
    await composeReplacements().catch(() => {});
    const id = currentId(asked);
    const requestId = requestIdOf(id);
    await dispatch({ kind, id });
    await composeReplacements();
    // Nobody was asked to compose it anew, so at the next start it is there as before.
    if (state.outbox.items.get(id)?.replaced === true) throw new ChannelError("closed", CUT_OFF);
    // What is deleted may be said again under the same name; one that never left is, also when it was only to be stopped.
    if (state.log.entries.get(id)?.removed !== false) requests.forget(requestId);
  }

  function currentId(asked: MessageId): MessageId {
    let id = asked;
    for (let later = laterIds.get(id); later !== undefined; later = laterIds.get(id)) id = later;
    return id;
  }

  const requestIdOf = (id: MessageId): string => state.outbox.items.get(id)?.requestId ?? "";

  /** Empty when one of them cannot be composed. */
  async function readAndCompose(ids: readonly MessageId[], voided: MessageId | null): Promise<IncomingContent[]> {
    const done: IncomingContent[] = [];
    for (const id of ids) {
      const said = await bodies.said(id);
      const env = environment();
      const preparation = prepareAnew(state, env, ids, done);
      if (preparation === null || said === null) return [];
      //= protocol: ANEW-2
      const { type, body } = id === voided ? VOID : said;
      // When it was written stays true, unless a wrong clock said so.
      //= protocol: ANEW-1
      const composedAt = Math.min(said.composedAt, env.now);
      done.push(await composeContent(author, preparation, type, body, composedAt));
    }
    return done;
  }

  return {
    send: async (request) => {
      const body = encodeText(request.text);
      //= protocol: COMPOSE-6
      return inTurn(() => sendOnce(request, body));
    },
    composeAnew: (ids, voided) => {
      replacements.push({ ids, voided });
      // Whoever asked for it hears when it fails; when nobody did it is tried again later.
      inTurn(composeReplacements).catch(() => {});
    },
    takeBack: (kind, id) => inTurn(() => takeBack(kind, id)),
    currentId,
  };
}

function asStorageError(error: unknown): never {
  if (error instanceof ChannelError) throw error;
  const detail = error instanceof Error ? ` ${error.message}` : "";
  throw new ChannelError("storage", `This device could not save the message, so it was not sent.${detail}`, {
    cause: error,
  });
}
