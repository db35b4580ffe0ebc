import type { JSX } from "preact";
import type { ChannelStatus, ChannelView } from "../../src/channel/api/channel-client.ts";
import { Logo } from "../../src/ui/delivery/logo.tsx";
import { ConnectionState } from "../../src/ui/screens/connection-bar.tsx";
import { useStrings } from "../../src/ui/strings/strings-context.ts";

export interface ChannelHeaderProps {
  readonly channel: ChannelView;
  readonly status: ChannelStatus;
  readonly link: string;
  readonly matrixShown: boolean;
  readonly onToggleMatrix: () => void;
  readonly onInvite: () => void;
  readonly onLeave: () => void;
}

/** Which channel this is, how it is connected, and what can be done with it. */
export function ChannelHeader(props: ChannelHeaderProps): JSX.Element {
  const strings = useStrings();
  const { channel, matrixShown } = props;
  return (
    <header class="channel-header">
      <Logo size={32} />
      <div class="channel-title">
        <h1>{channel.name}</h1>
        <ConnectionState status={props.status} />
      </div>
      <div class="channel-actions" data-invite-code={channel.inviteCode}>
        {/* Without an opener the new tab gets no copy of this tab's session, and so is a participant of its own. */}
        <a class="secondary wide-only" href={props.link} target="_blank" rel="noopener">
          {strings.invite.openTab}
        </a>
        <button type="button" class="secondary" onClick={props.onInvite}>
          {strings.invite.button}
        </button>
        <button type="button" class="secondary wide-only" aria-pressed={matrixShown} onClick={props.onToggleMatrix}>
          {strings.matrix.title}
        </button>
        <button
          type="button"
          class="icon-button"
          title={strings.channel.leave}
          aria-label={strings.channel.leave}
          onClick={props.onLeave}
        >
          <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
            <path class="icon-stroke" d="M8 3.5H4.5V16.5H8M9 10H17M13.5 6.5 17 10 13.5 13.5" />
          </svg>
        </button>
      </div>
    </header>
  );
}
