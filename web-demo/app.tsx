import type { JSX } from "preact";
import { useStrings } from "../src/ui/strings/strings-context.ts";
import type { DemoOptions } from "./demo-options.ts";
import { ChannelScreen } from "./screens/channel-screen.tsx";
import { JoinScreen } from "./screens/join-screen.tsx";
import { StartScreen } from "./screens/start-screen.tsx";
import type { Tab } from "./tab.ts";

export interface AppProps {
  readonly tab: Tab;
  readonly options: DemoOptions;
}

export function App({ tab, options }: AppProps): JSX.Element {
  const strings = useStrings();
  const screen = tab.screen.value;
  switch (screen.kind) {
    case "starting":
      return <p class="hint">{strings.start.starting}</p>;
    case "start":
      return <StartScreen tab={tab} options={options} channels={screen.channels} problem={screen.problem} />;
    case "join":
      return <JoinScreen key={screen.invite} tab={tab} invite={screen.invite} duplicateOf={screen.duplicateOf} />;
    case "channel":
      return <ChannelScreen key={screen.id} tab={tab} id={screen.id} />;
  }
}
