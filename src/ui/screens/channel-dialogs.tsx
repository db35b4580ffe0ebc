import type { JSX } from "preact";
import type { ChannelView } from "../../channel/api/channel-client.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { DetailsPanel } from "../delivery/details-panel.tsx";
import type { ChannelStore } from "../model/channel-store.ts";
import { InviteDialog } from "./invite-dialog.tsx";
import { LeaveDialog } from "./leave-dialog.tsx";

/** Which dialog is open over a channel. */
export type OpenDialog =
  | { readonly kind: "invite" | "leave" }
  | { readonly kind: "details"; readonly id: MessageId }
  | null;

export interface ChannelDialogsProps {
  readonly store: ChannelStore;
  readonly channel: ChannelView;
  readonly dialog: OpenDialog;
  /** The invite as a link; null where there is only a code. */
  readonly link: string | null;
  /** Such a link works on this machine only. */
  readonly linkIsLocal: boolean;
  readonly onLeave: () => Promise<void>;
  readonly onClose: () => void;
}

/** The dialogs of a channel: its invite, leaving it, and what is known of one message. */
export function ChannelDialogs(props: ChannelDialogsProps): JSX.Element | null {
  const { store, channel, dialog, link, linkIsLocal, onLeave, onClose } = props;
  if (dialog === null) return null;
  switch (dialog.kind) {
    case "invite":
      return <InviteDialog code={channel.inviteCode} link={link} linkIsLocal={linkIsLocal} onClose={onClose} />;
    case "leave":
      return <LeaveDialog channelName={channel.name} onLeave={onLeave} onClose={onClose} />;
    case "details": {
      const message = store.entries.value.find((entry) => entry.id === dialog.id);
      if (message?.kind !== "message") return null;
      return (
        <DetailsPanel
          client={store.client}
          message={message}
          participants={store.participants.value}
          onClose={onClose}
        />
      );
    }
  }
}
