import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { ChannelView } from "../../../src/channel/api/channel-client.ts";
import { MAX_TEXT_BYTES } from "../../../src/channel/api/limits.ts";
import type { ChannelId, MessageId } from "../../../src/sds/wire/ids.ts";
import { Composer } from "../../../src/ui/composing/composer.tsx";
import { LiveAnnouncer } from "../../../src/ui/log/live-announcer.tsx";
import { MessageList } from "../../../src/ui/log/message-list.tsx";
import { type ChannelStore, createChannelStore } from "../../../src/ui/model/channel-store.ts";
import { Participants } from "../../../src/ui/people/participants.tsx";
import { ChannelDialogs, type OpenDialog } from "../../../src/ui/screens/channel-dialogs.tsx";
import { ConnectionBar } from "../../../src/ui/screens/connection-bar.tsx";
import { LoadProblem } from "../../../src/ui/screens/load-problem.tsx";
import { useChannelTitle } from "../../../src/ui/screens/use-channel-title.ts";
import { useStrings } from "../../../src/ui/strings/strings-context.ts";
import { draftsOf } from "../drafts.ts";
import type { Shell } from "../shell.ts";
import { ChannelHeader } from "./channel-header.tsx";

export interface ChannelScreenProps {
  readonly shell: Shell;
  readonly id: ChannelId;
}

export function ChannelScreen({ shell, id }: ChannelScreenProps): JSX.Element {
  const strings = useStrings();
  const [store, setStore] = useState<ChannelStore | null>(null);
  // In the same frame, so that what is known already is drawn in it.
  useLayoutEffect(() => {
    const opened = createChannelStore(shell.host.open(id), { firstLook: shell.firstLook(id) });
    setStore(opened);
    return () => {
      opened.close();
      setStore(null);
    };
  }, [shell, id]);

  const channel = store?.channel.value ?? null;
  if (store !== null && channel !== null) return <OpenChannel shell={shell} store={store} channel={channel} />;
  if (store === null || store.problem.value === null) return <p class="shell-empty">{strings.channel.loading}</p>;
  return (
    <main class="form-page">
      <LoadProblem store={store} look="note">
        <button type="button" class="quiet" onClick={() => shell.show({ kind: "home" })}>
          {strings.channel.back}
        </button>
      </LoadProblem>
    </main>
  );
}

interface OpenChannelProps {
  readonly shell: Shell;
  readonly store: ChannelStore;
  readonly channel: ChannelView;
}

function OpenChannel({ shell, store, channel }: OpenChannelProps): JSX.Element {
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const drafts = useMemo(() => draftsOf(channel.id), [channel.id]);
  const showDetails = useMemo(() => (message: MessageId) => setDialog({ kind: "details", id: message }), []);
  useChannelTitle(channel.name, store.unread.value);
  return (
    <main class="channel">
      <ChannelHeader
        shell={shell}
        channel={channel}
        status={store.status.value}
        onInvite={() => setDialog({ kind: "invite" })}
        onLeave={() => setDialog({ kind: "leave" })}
      />
      <Participants participants={store.participants.value.values()} />
      <Bars store={store} />
      <div class="chat">
        <MessageList store={store} onDetails={showDetails} />
        <Composer client={store.client} levelPercent={channel.levelPercent} maxBytes={MAX_TEXT_BYTES} drafts={drafts} />
      </div>
      <LiveAnnouncer store={store} />
      <ChannelDialogs
        {...{ store, channel, dialog }}
        link={null}
        linkIsLocal={false}
        onLeave={() => shell.leave(channel.id)}
        onClose={() => setDialog(null)}
      />
    </main>
  );
}

function Bars({ store }: { readonly store: ChannelStore }): JSX.Element {
  return (
    <div>
      <LoadProblem store={store} look="bar" />
      <ConnectionBar client={store.client} status={store.status.value} />
    </div>
  );
}
