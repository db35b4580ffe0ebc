import { decodeEnvelope } from "../../identity/authors/envelope-codec.ts";
import type { Change } from "../../sds/io/records.ts";
import { specCodec } from "../../sds/wire/codec.ts";
import type { ChannelId, MessageId } from "../../sds/wire/ids.ts";
import type { ChannelStorage } from "../../storage/port.ts";
import { decodeText } from "../api/text.ts";

/** About what a few open pages show; older bodies are read from storage when they are wanted. */
const CAPACITY = 1_000;
/** So many bytes of them: whoever writes long messages must not fill this device's memory. */
const MAX_BYTES = 16 * 1024 * 1024;

/** SDS bytes by message id: the newest in memory, all in storage. */
export interface BodyCache {
  remember(id: MessageId, bytes: Uint8Array): void;
  /** What is about to be written: storage has it only later. */
  apply(changes: readonly Change[]): void;
  /** It was deleted. */
  forget(id: MessageId): void;
  /** Null when it is nowhere. */
  bytes(id: MessageId): Promise<Uint8Array | null>;
  /** What the author of a signed message put into it; null when it is nowhere or unsigned. */
  said(
    id: MessageId,
  ): Promise<{ readonly type: number; readonly body: Uint8Array; readonly composedAt: number } | null>;
  /** What the messages say; those that are not held are left out. */
  texts(ids: readonly MessageId[]): Promise<Map<MessageId, string>>;
}

export function createBodyCache(storage: ChannelStorage, channel: ChannelId): BodyCache {
  // A Map keeps insertion order, so its first key is the least recently used.
  const cached = new Map<MessageId, Uint8Array>();

  let held = 0;

  function forget(id: MessageId): void {
    held -= cached.get(id)?.length ?? 0;
    cached.delete(id);
  }

  function remember(id: MessageId, bytes: Uint8Array): void {
    forget(id);
    cached.set(id, bytes);
    held += bytes.length;
    for (const oldest of cached.keys()) {
      if (cached.size <= CAPACITY && held <= MAX_BYTES) return;
      forget(oldest);
    }
  }

  async function load(ids: readonly MessageId[]): Promise<Map<MessageId, Uint8Array>> {
    const found = new Map<MessageId, Uint8Array>();
    const absent: MessageId[] = [];
    for (const id of ids) {
      const bytes = cached.get(id);
      if (bytes === undefined) absent.push(id);
      else found.set(id, bytes);
    }
    if (absent.length === 0) return found;
    for (const { id, bytes } of await storage.readBodies(channel, absent)) {
      remember(id, bytes);
      found.set(id, bytes);
    }
    return found;
  }

  return {
    remember,
    forget,
    apply: (changes) => {
      for (const change of changes) {
        if (change.op === "delete" && change.table === "body") forget(change.key);
        if (change.op === "put" && change.table === "body") remember(change.record.id, change.record.bytes);
      }
    },
    bytes: async (id) => (await load([id])).get(id) ?? null,
    said: async (id) => {
      const bytes = (await load([id])).get(id);
      return bytes === undefined ? null : envelopeOf(bytes);
    },
    texts: async (ids) => {
      const bodies = await load(ids);
      return new Map([...bodies].map(([id, bytes]) => [id, textOf(bytes)]));
    },
  };
}

/** The text in a message's body: out of the envelope, or as it is for a plain SDS client. */
export function textOf(bytes: Uint8Array): string {
  const content = contentOf(bytes);
  if (content === null) return "";
  return decodeText(decodeEnvelope(content)?.body ?? content) ?? "";
}

function envelopeOf(bytes: Uint8Array): ReturnType<typeof decodeEnvelope> {
  const content = contentOf(bytes);
  return content === null ? null : decodeEnvelope(content);
}

function contentOf(bytes: Uint8Array): Uint8Array | null {
  const decoded = specCodec.decode(bytes);
  return decoded.ok && decoded.message.kind !== "sync" ? decoded.message.content : null;
}
