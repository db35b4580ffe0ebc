import type { JSX } from "preact";
import type { ChannelStatus, ChannelView } from "../../../src/channel/api/channel-client.ts";
import { ConnectionState } from "../../../src/ui/screens/connection-bar.tsx";
import { useStrings } from "../../../src/ui/strings/strings-context.ts";
import type { Shell } from "../shell.ts";
import { BACK_PATH } from "./form-page.tsx";
import { IconButton, ViewButtons } from "./view-buttons.tsx";

/** Somebody, and a plus. */
const INVITE_PATH =
  "M8 9.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM3 16.5c0-2.8 2.2-4.5 5-4.5s5 1.7 5 4.5M15 6.5v5M12.5 9h5";

export interface ChannelHeaderProps {
  readonly shell: Shell;
  readonly channel: ChannelView;
  readonly status: ChannelStatus;
  readonly onInvite: () => void;
  readonly onLeave: () => void;
}

/** Which channel this is, how it is connected, and what can be done with it. */
export function ChannelHeader({ shell, channel, status, onInvite, onLeave }: ChannelHeaderProps): JSX.Element {
  const strings = useStrings();
  return (
    <header class="channel-header">
      <div class="back">
        <IconButton label={strings.channel.back} path={BACK_PATH} onClick={() => shell.show({ kind: "home" })} />
      </div>
      <div class="channel-title">
        <h1>{channel.name}</h1>
        <ConnectionState status={status} />
      </div>
      <div class="channel-actions" data-invite-code={channel.inviteCode}>
        <button type="button" class="secondary invite" title={strings.invite.title} onClick={onInvite}>
          <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
            <path class="icon-stroke" d={INVITE_PATH} />
          </svg>
          <span class="invite-word">{strings.invite.button}</span>
        </button>
        <ViewButtons shell={shell} channel={channel.id} />
        <IconButton
          label={strings.channel.leave}
          path="M8 3.5H4.5V16.5H8M9 10H17M13.5 6.5 17 10 13.5 13.5"
          onClick={onLeave}
        />
      </div>
    </header>
  );
}
