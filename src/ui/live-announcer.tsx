import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ChannelStore } from "./channel-store.ts";
import { createAnnouncer } from "./delivery-announcements.ts";
import { textOrNote } from "./message-text.ts";
import { useStrings } from "./strings-context.ts";

/** Reads out changes of my own messages: politely and gathered, failures at once. Invisible. */
export function LiveAnnouncer({ store }: { readonly store: ChannelStore }): JSX.Element {
  const strings = useStrings();
  const [polite, setPolite] = useState("");
  const [assertive, setAssertive] = useState("");
  useEffect(() => {
    const announcer = createAnnouncer(strings, { polite: setPolite, assertive: setAssertive });
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
        {polite}
      </div>
      <div class="visually-hidden" role="alert">
        {assertive}
      </div>
    </>
  );
}
