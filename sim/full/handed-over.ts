import { decryptPayload } from "../../src/identity/secrecy/payload-encryption.ts";
import { specCodec } from "../../src/sds/wire/codec.ts";
import type { MessageId } from "../../src/sds/wire/ids.ts";
import type { OutboundFrame } from "../../src/transport/port.ts";
import type { SimParticipant } from "../core/members/participant.ts";
import { check } from "../core/report/violation.ts";

/**
 * What a member gives the network to send is on its disk for good, and so is all that it says it has: the moment is that of the call,
 * when a crash can still come before the commit that is under way. Rejects with a `Violation`.
 */
export async function checkHandedOver(member: SimParticipant, key: Uint8Array, frame: OutboundFrame): Promise<void> {
  // As it is now: decrypting takes its time.
  const durable = new Set(member.disk.durable);
  const bytes = await decryptPayload(key, frame.payload);
  const decoded = bytes === null ? null : specCodec.decode(bytes);
  if (decoded?.ok !== true) return;
  const { message } = decoded;
  // A repair repeats another's word.
  if (message.senderId !== member.speaker.self || message.kind === "ephemeral") return;
  const named: MessageId[] = message.causalHistory.map(({ messageId }) => messageId);
  if (message.kind === "content") named.push(message.messageId);
  for (const id of named) {
    check(durable.has(id), "nothing leaves before it is on disk", () => {
      return `member ${member.index} sends a ${message.kind} that names ${id}, which a crash would take from it`;
    });
  }
}
