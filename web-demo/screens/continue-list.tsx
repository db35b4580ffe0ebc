import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useStrings } from "../../src/ui/strings/strings-context.ts";
import { openParticipants } from "../claim.ts";
import { type KnownParticipant, knownParticipants } from "../participants-of-browser.ts";
import { recoverParticipants } from "../recover-participants.ts";
import type { Tab } from "../tab.ts";

/** Participants of this browser that no tab is at the moment: after a closed tab or a restart one can be them again. */
export function ContinueList({ tab }: { readonly tab: Tab }): JSX.Element | null {
  const strings = useStrings().start;
  const [waiting, refresh] = useWaitingParticipants(tab.participant);
  if (waiting.length === 0) return null;
  const continueAs = async (known: KnownParticipant): Promise<void> => {
    if (!(await tab.continueAs(known))) refresh();
  };
  return (
    <section class="card">
      <h2>{strings.continueTitle}</h2>
      <ul class="choices">
        {waiting.map((known) => (
          <li key={known.id}>
            <button type="button" class="choice" onClick={() => void continueAs(known)}>
              <strong>{strings.continueAs(known.name)}</strong>
              <span class="hint">{strings.inChannel(known.channelName)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

async function listWaiting(self: string): Promise<readonly KnownParticipant[]> {
  const open = await openParticipants();
  await recoverParticipants(open).catch(() => {
    // A database that cannot be read is no reason to hide the others.
  });
  return knownParticipants().filter(({ id }) => id !== self && !open.has(id));
}

function useWaitingParticipants(self: string): readonly [readonly KnownParticipant[], () => void] {
  const [waiting, setWaiting] = useState<readonly KnownParticipant[]>([]);
  const refresh = (): void => {
    listWaiting(self).then(setWaiting, () => setWaiting([]));
  };
  useEffect(() => {
    refresh();
    // Another tab may have been opened or closed meanwhile.
    addEventListener("focus", refresh);
    addEventListener("storage", refresh);
    return () => {
      removeEventListener("focus", refresh);
      removeEventListener("storage", refresh);
    };
  }, [self]);
  return [waiting, refresh];
}
