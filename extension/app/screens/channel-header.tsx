import type { JSX } from "preact";
import type { ChannelStatus, ChannelView } from "../../../src/channel/channel-client.ts";
import { ConnectionState } from "../../../src/ui/connection-bar.tsx";
import { useStrings } from "../../../src/ui/strings-context.ts";
import type { Shell } from "../shell.ts";
import { BACK_PATH } from "./form-page.tsx";
import { IconButton, ViewButtons } from "./view-buttons.tsx";

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
        <button type="button" class="secondary" onClick={onInvite}>
          {strings.invite.button}
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
