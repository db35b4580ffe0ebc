import type { JSX } from "preact";
import { useStrings } from "../../src/ui/strings/strings-context.ts";
import { ChannelList } from "./screens/channel-list.tsx";
import { ChannelScreen } from "./screens/channel-screen.tsx";
import { CreateScreen } from "./screens/create-screen.tsx";
import { JoinScreen } from "./screens/join-screen.tsx";
import type { Shell } from "./shell.ts";

/** The list of channels and one of them: side by side where there is room, one after the other where there is not. */
export function App({ shell }: { readonly shell: Shell }): JSX.Element {
  const screen = shell.screen.value;
  return (
    <div class="shell" data-screen={screen.kind}>
      <ChannelList shell={shell} />
      <div class="shell-main">
        <WorkerStopped shell={shell} />
        <Main shell={shell} />
      </div>
    </div>
  );
}

function Main({ shell }: { readonly shell: Shell }): JSX.Element {
  const strings = useStrings().extension;
  const screen = shell.screen.value;
  switch (screen.kind) {
    case "home":
      return <p class="shell-empty">{strings.chooseChannel}</p>;
    case "create":
      return <CreateScreen shell={shell} />;
    case "join":
      return <JoinScreen shell={shell} />;
    case "channel":
      return <ChannelScreen key={screen.id} shell={shell} id={screen.id} />;
  }
}

function WorkerStopped({ shell }: { readonly shell: Shell }): JSX.Element | null {
  const strings = useStrings();
  if (!shell.stopped.value) return null;
  return (
    <div class="bar bar-bad bar-actions" role="alert">
      <p>{strings.extension.workerStopped}</p>
      <button type="button" class="secondary" onClick={() => location.reload()}>
        {strings.channel.reload}
      </button>
    </div>
  );
}
