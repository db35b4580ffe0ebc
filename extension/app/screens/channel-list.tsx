import type { JSX } from "preact";
import type { ChannelSummary } from "../../../src/channel/api/channel-host.ts";
import { Logo } from "../../../src/ui/delivery/logo.tsx";
import { errorWords } from "../../../src/ui/strings/error-words.ts";
import { useStrings } from "../../../src/ui/strings/strings-context.ts";
import type { Shell } from "../shell.ts";
import { ViewButtons } from "./view-buttons.tsx";

/** The channels of this browser, with what is unread, and the two ways to one more. */
export function ChannelList({ shell }: { readonly shell: Shell }): JSX.Element {
  const strings = useStrings();
  const channels = shell.channels.value;
  const problem = shell.problem.value;
  return (
    <nav class="shell-list" aria-label={strings.extension.channels}>
      <header class="list-header">
        <Logo size={32} />
        <h1>{strings.appName}</h1>
        <ViewButtons shell={shell} channel={null} />
      </header>
      {problem === null ? null : (
        <p class="note note-bad" role="alert">
          {errorWords(problem, strings)}
        </p>
      )}
      {channels === null ? <p class="hint list-hint">{problem === null ? strings.start.starting : ""}</p> : null}
      {channels?.length === 0 ? (
        <div class="list-empty">
          <p class="list-empty-title">{strings.extension.noChannels}</p>
          <p>{strings.extension.noChannelsHint}</p>
        </div>
      ) : null}
      <ul class="channel-list">
        {channels?.map((channel) => (
          <ChannelItem key={channel.id} shell={shell} channel={channel} />
        ))}
      </ul>
      <div class="list-actions">
        <button type="button" class="primary" onClick={() => shell.show({ kind: "create" })}>
          {strings.extension.newChannel}
        </button>
        <button type="button" class="secondary" onClick={() => shell.show({ kind: "join" })}>
          {strings.extension.join}
        </button>
      </div>
    </nav>
  );
}

interface ChannelItemProps {
  readonly shell: Shell;
  readonly channel: ChannelSummary;
}

function ChannelItem({ shell, channel }: ChannelItemProps): JSX.Element {
  const strings = useStrings().extension;
  const { unread } = channel;
  const screen = shell.screen.value;
  const isOpen = screen.kind === "channel" && screen.id === channel.id;
  return (
    <li>
      <button
        type="button"
        class="channel-item"
        data-channel={channel.id}
        data-unread={unread}
        aria-current={isOpen ? "page" : undefined}
        onClick={() => shell.openChannel(channel)}
      >
        <span class="channel-item-name">{channel.name}</span>
        {unread === 0 ? null : (
          <span class="unread" title={strings.unread(unread)}>
            <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
            <span class="visually-hidden">{strings.unread(unread)}</span>
          </span>
        )}
      </button>
    </li>
  );
}
