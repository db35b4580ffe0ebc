import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { ChannelView } from "../../src/channel/api/channel-client.ts";
import { MAX_TEXT_BYTES } from "../../src/channel/api/limits.ts";
import type { ChannelId, MessageId } from "../../src/sds/wire/ids.ts";
import { Composer } from "../../src/ui/composing/composer.tsx";
import { DeliveryMatrix } from "../../src/ui/delivery/delivery-matrix.tsx";
import { LiveAnnouncer } from "../../src/ui/log/live-announcer.tsx";
import { MessageList } from "../../src/ui/log/message-list.tsx";
import { type ChannelStore, createChannelStore } from "../../src/ui/model/channel-store.ts";
import { Participants } from "../../src/ui/people/participants.tsx";
import { ChannelDialogs, type OpenDialog } from "../../src/ui/screens/channel-dialogs.tsx";
import { ConnectionBar } from "../../src/ui/screens/connection-bar.tsx";
import { LoadProblem } from "../../src/ui/screens/load-problem.tsx";
import { isLoopback } from "../../src/ui/screens/loopback.ts";
import { useChannelTitle } from "../../src/ui/screens/use-channel-title.ts";
import { useStrings } from "../../src/ui/strings/strings-context.ts";
import { draftsOf } from "../drafts.ts";
import { linkOfCode } from "../link-of-code.ts";
import { dismissStorageNote, shouldTellStorage } from "../storage-promise.ts";
import type { Tab } from "../tab.ts";
import { ChannelHeader } from "./channel-header.tsx";

/** From this width on the matrix stands beside the chat. The style sheet has the same number. */
const WIDE = "(min-width: 900px)";

/** One channel of this tab's participant. */
export function ChannelScreen({ tab, id }: { readonly tab: Tab; readonly id: ChannelId }): JSX.Element {
  const [store, setStore] = useState<ChannelStore | null>(null);
  // In the same frame, so that what is known already is drawn in it.
  useLayoutEffect(() => {
    const opened = createChannelStore(tab.host.open(id), { firstLook: tab.firstLook(id) });
    setStore(opened);
    return () => {
      opened.close();
      setStore(null);
    };
  }, [tab, id]);

  if (store === null) return <Opening />;
  const channel = store.channel.value;
  if (channel !== null) return <OpenChannel tab={tab} store={store} channel={channel} />;
  if (store.problem.value === null) return <Opening />;
  return (
    <main class="page">
      <LoadProblem store={store} look="note" />
    </main>
  );
}

function Opening(): JSX.Element {
  return (
    <main class="page">
      <p class="hint">{useStrings().channel.loading}</p>
    </main>
  );
}

interface OpenChannelProps {
  readonly tab: Tab;
  readonly store: ChannelStore;
  readonly channel: ChannelView;
}

function OpenChannel({ tab, store, channel }: OpenChannelProps): JSX.Element {
  const [matrixShown, setMatrixShown] = useState(() => matchMedia(WIDE).matches);
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const drafts = useMemo(() => draftsOf(tab.participant, channel.id), [tab, channel.id]);
  const link = useMemo(() => linkOfCode(location, channel.inviteCode), [channel.inviteCode]);
  const showDetails = useMemo(() => (message: MessageId) => setDialog({ kind: "details", id: message }), []);
  useChannelTitle(channel.name, store.unread.value);
  return (
    <main class="channel">
      <ChannelHeader
        channel={channel}
        status={store.status.value}
        link={link}
        matrixShown={matrixShown}
        onToggleMatrix={() => setMatrixShown(!matrixShown)}
        onInvite={() => setDialog({ kind: "invite" })}
        onLeave={() => setDialog({ kind: "leave" })}
      />
      <Participants participants={store.participants.value.values()} />
      <Bars tab={tab} store={store} />
      <ViewSwitch matrixShown={matrixShown} onChange={setMatrixShown} />
      <div class="channel-body" data-matrix={matrixShown ? "shown" : "hidden"}>
        <div class="chat">
          <MessageList store={store} onDetails={showDetails} />
          <Composer
            client={store.client}
            levelPercent={channel.levelPercent}
            maxBytes={MAX_TEXT_BYTES}
            drafts={drafts}
          />
        </div>
        {matrixShown ? <DeliveryMatrix store={store} onDetails={showDetails} /> : null}
      </div>
      <LiveAnnouncer store={store} />
      <ChannelDialogs
        {...{ store, channel, dialog, link }}
        linkIsLocal={isLoopback(location.hostname)}
        onLeave={() => tab.leave(channel.id)}
        onClose={() => setDialog(null)}
      />
    </main>
  );
}

function Bars({ tab, store }: Omit<OpenChannelProps, "channel">): JSX.Element {
  const strings = useStrings();
  return (
    <div>
      {tab.stopped.value ? (
        <div class="bar bar-bad bar-actions" role="alert">
          <p>{strings.channel.workerStopped}</p>
          <button type="button" class="secondary" onClick={() => location.reload()}>
            {strings.channel.reload}
          </button>
        </div>
      ) : null}
      <LoadProblem store={store} look="bar" />
      <ConnectionBar client={store.client} status={store.status.value} />
      {shouldTellStorage() ? (
        <div class="bar bar-quiet bar-actions">
          <p>{strings.channel.storageNotKept}</p>
          <button type="button" class="quiet" onClick={dismissStorageNote}>
            {strings.common.dismiss}
          </button>
        </div>
      ) : null}
    </div>
  );
}

interface ViewSwitchProps {
  readonly matrixShown: boolean;
  readonly onChange: (shown: boolean) => void;
}

/** On narrow screens: chat or matrix. */
function ViewSwitch({ matrixShown, onChange }: ViewSwitchProps): JSX.Element {
  const strings = useStrings();
  return (
    <div class="view-switch narrow-only">
      <button type="button" aria-pressed={!matrixShown} onClick={() => onChange(false)}>
        {strings.channel.chat}
      </button>
      <button type="button" aria-pressed={matrixShown} onClick={() => onChange(true)}>
        {strings.matrix.title}
      </button>
    </div>
  );
}
