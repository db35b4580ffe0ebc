import type { ComponentChildren, JSX } from "preact";
import type { ChannelStore } from "../model/channel-store.ts";
import { errorWords } from "../strings/error-words.ts";
import { useStrings } from "../strings/strings-context.ts";

export interface LoadProblemProps {
  readonly store: ChannelStore;
  /** `bar`: above a channel that is shown. `note`: in its place. */
  readonly look: "bar" | "note";
  /** Further buttons. */
  readonly children?: ComponentChildren;
}

/** Says why the channel cannot be read, and offers to try again; nothing while it can. */
export function LoadProblem({ store, look, children }: LoadProblemProps): JSX.Element | null {
  const strings = useStrings();
  const problem = store.problem.value;
  if (problem === null) return null;
  return (
    <div class={`${look} ${look}-bad bar-actions`} role="alert">
      <p>{strings.connection.loadProblem(errorWords(problem, strings))}</p>
      <button type="button" class="secondary" onClick={() => store.retry()}>
        {strings.common.retry}
      </button>
      {children}
    </div>
  );
}
