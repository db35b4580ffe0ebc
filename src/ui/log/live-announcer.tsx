import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { createAnnouncer } from "../delivery/delivery-announcements.ts";
import type { ChannelStore } from "../model/channel-store.ts";
import { textOrNote } from "../model/message-text.ts";
import { useStrings } from "../strings/strings-context.ts";

/** Each sentence is a node of its own: the same words a second time change no text, and would not be read out. */
interface Said {
  readonly text: string;
  readonly turn: number;
}

const NOTHING: Said = { text: "", turn: 0 };
const saying = (text: string) => (before: Said) => ({ text, turn: before.turn + 1 });

/** Reads out changes of my own messages: politely and gathered, failures at once. Invisible. */
export function LiveAnnouncer({ store }: { readonly store: ChannelStore }): JSX.Element {
  const strings = useStrings();
  const [polite, setPolite] = useState(NOTHING);
  const [assertive, setAssertive] = useState(NOTHING);
  useEffect(() => {
    const announcer = createAnnouncer(strings, {
      polite: (text) => setPolite(saying(text)),
      assertive: (text) => setAssertive(saying(text)),
    });
    const stop = store.onDelivery((updates) => {
      for (const { id, delivery } of updates) {
        const entry = store.entries.value.find((candidate) => candidate.id === id);
        if (entry?.kind === "message" && entry.mine) {
          announcer.announce(id, textOrNote(entry, strings), delivery.state);
        }
      }
    });
    return () => {
      stop();
      announcer.close();
    };
  }, [store, strings]);
  return (
    <>
      <div class="visually-hidden" role="status">
        <span key={polite.turn}>{polite.text}</span>
      </div>
      <div class="visually-hidden" role="alert">
        <span key={assertive.turn}>{assertive.text}</span>
      </div>
    </>
  );
}
