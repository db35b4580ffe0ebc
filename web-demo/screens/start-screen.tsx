import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ChannelSummary } from "../../src/channel/api/channel-host.ts";
import { Logo } from "../../src/ui/delivery/logo.tsx";
import { CreateForm } from "../../src/ui/screens/create-form.tsx";
import { Field } from "../../src/ui/screens/field.tsx";
import { JoinForm } from "../../src/ui/screens/join-form.tsx";
import { usePreview } from "../../src/ui/screens/use-preview.ts";
import { errorCode, errorWords } from "../../src/ui/strings/error-words.ts";
import { useStrings } from "../../src/ui/strings/strings-context.ts";
import type { DemoOptions } from "../demo-options.ts";
import type { Tab } from "../tab.ts";
import { ContinueList } from "./continue-list.tsx";

export interface StartScreenProps {
  readonly tab: Tab;
  readonly options: DemoOptions;
  /** Of the participant that this tab is already. */
  readonly channels: readonly ChannelSummary[];
  readonly problem: unknown;
}

/** Go on, create, or join. */
export function StartScreen({ tab, options, channels, problem }: StartScreenProps): JSX.Element {
  const strings = useStrings();
  return (
    <main class="page">
      <header class="brand">
        <Logo size={48} />
        <div>
          <h1>{strings.appName}</h1>
          <p>{strings.tagline}</p>
        </div>
      </header>
      {problem === null ? null : <StartProblem problem={problem} />}
      <OwnChannels tab={tab} channels={channels} />
      <ContinueList key={tab.participant} tab={tab} />
      <CreateForm entrance={tab} nodes={options.nodes} parameters={options.parameters} />
      <JoinCard tab={tab} />
      <p class="hint page-hint">{strings.start.explain}</p>
    </main>
  );
}

function StartProblem({ problem }: { readonly problem: unknown }): JSX.Element {
  const strings = useStrings();
  const words = errorWords(problem, strings);
  return (
    <div class="note note-bad bar-actions" role="alert">
      <p>{errorCode(problem) === "storage" ? strings.common.storageRefused(words) : strings.common.failed(words)}</p>
      <button type="button" class="secondary" onClick={() => location.reload()}>
        {strings.channel.reload}
      </button>
    </div>
  );
}

type OwnChannelsProps = Pick<StartScreenProps, "tab" | "channels">;

function OwnChannels({ tab, channels }: OwnChannelsProps): JSX.Element | null {
  const strings = useStrings().start;
  if (channels.length === 0) return null;
  return (
    <section class="card">
      <h2>{strings.yourChannels}</h2>
      <ul class="choices">
        {channels.map((channel) => (
          <li key={channel.id}>
            <button type="button" class="choice" onClick={() => tab.openChannel(channel)}>
              <strong>{strings.openChannel(channel.name)}</strong>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function JoinCard({ tab }: { readonly tab: Tab }): JSX.Element {
  const strings = useStrings();
  const [invite, setInvite] = useState("");
  const state = usePreview(tab.host, invite);
  return (
    <section class="card">
      <h2>{strings.start.joinTitle}</h2>
      <Field
        label={strings.start.inviteField}
        value={invite}
        onInput={setInvite}
        hint={strings.start.inviteHint}
        problem={state.kind === "bad" ? errorWords(state.error, strings) : ""}
        mono
      />
      {state.kind === "good" ? (
        <JoinForm key={state.invite} entrance={tab} invite={state.invite} preview={state.preview} />
      ) : null}
    </section>
  );
}
