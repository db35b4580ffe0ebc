import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { ChannelView } from "../../../src/channel/channel-client.ts";
import { MAX_TEXT_BYTES } from "../../../src/channel/limits.ts";
import type { ChannelId, MessageId } from "../../../src/sds/ids.ts";
import { type ChannelStore, createChannelStore } from "../../../src/ui/channel-store.ts";
import { Composer } from "../../../src/ui/composer.tsx";
import { ConnectionBar } from "../../../src/ui/connection-bar.tsx";
import { DetailsPanel } from "../../../src/ui/details-panel.tsx";
import { errorWords } from "../../../src/ui/error-words.ts";
import { LiveAnnouncer } from "../../../src/ui/live-announcer.tsx";
import { MessageList } from "../../../src/ui/message-list.tsx";
import { Participants } from "../../../src/ui/participants.tsx";
import { InviteDialog } from "../../../src/ui/screens/invite-dialog.tsx";
import { LeaveDialog } from "../../../src/ui/screens/leave-dialog.tsx";
import { useStrings } from "../../../src/ui/strings-context.ts";
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
  const problem = store?.problem.value ?? null;
  if (store === null || problem === null) return <p class="shell-empty">{strings.channel.loading}</p>;
  return (
    <main class="form-page">
      <div class="note note-bad bar-actions" role="alert">
        <p>{strings.connection.loadProblem(errorWords(problem, strings))}</p>
        <button type="button" class="secondary" onClick={() => store.retry()}>
          {strings.common.retry}
        </button>
        <button type="button" class="quiet" onClick={() => shell.show({ kind: "home" })}>
          {strings.channel.back}
        </button>
      </div>
    </main>
  );
}

interface OpenChannelProps {
  readonly shell: Shell;
  readonly store: ChannelStore;
  readonly channel: ChannelView;
}

type OpenDialog = { readonly kind: "invite" | "leave" } | { readonly kind: "details"; readonly id: MessageId } | null;

function OpenChannel({ shell, store, channel }: OpenChannelProps): JSX.Element {
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const drafts = useMemo(() => draftsOf(channel.id), [channel.id]);
  const showDetails = useMemo(() => (message: MessageId) => setDialog({ kind: "details", id: message }), []);
  useTitle(channel.name, store.unread.value);
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
        <Composer client={store.client} maxBytes={MAX_TEXT_BYTES} drafts={drafts} />
      </div>
      <LiveAnnouncer store={store} />
      <Dialogs shell={shell} store={store} channel={channel} dialog={dialog} close={() => setDialog(null)} />
    </main>
  );
}

interface DialogsProps extends OpenChannelProps {
  readonly dialog: OpenDialog;
  readonly close: () => void;
}

function Dialogs({ shell, store, channel, dialog, close }: DialogsProps): JSX.Element | null {
  if (dialog === null) return null;
  switch (dialog.kind) {
    case "invite":
      return <InviteDialog code={channel.inviteCode} link={null} linkIsLocal={false} onClose={close} />;
    case "leave":
      return <LeaveDialog channelName={channel.name} onLeave={() => shell.leave(channel.id)} onClose={close} />;
    case "details": {
      const message = store.entries.value.find((entry) => entry.id === dialog.id);
      if (message?.kind !== "message") return null;
      return (
        <DetailsPanel client={store.client} message={message} participants={store.participants.value} onClose={close} />
      );
    }
  }
}

function Bars({ store }: { readonly store: ChannelStore }): JSX.Element {
  const strings = useStrings();
  const problem = store.problem.value;
  return (
    <div>
      {problem === null ? null : (
        <div class="bar bar-bad bar-actions" role="alert">
          <p>{strings.connection.loadProblem(errorWords(problem, strings))}</p>
          <button type="button" class="secondary" onClick={() => store.retry()}>
            {strings.common.retry}
          </button>
        </div>
      )}
      <ConnectionBar status={store.status.value} />
    </div>
  );
}

function useTitle(name: string, unread: number): void {
  const { appName } = useStrings();
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${name} · ${appName}`;
    return () => {
      document.title = appName;
    };
  }, [name, unread, appName]);
}
