import { render } from "preact";
import "../src/ui/styles.css";
import { chooseStrings } from "../src/ui/strings/choose.ts";
import { errorWords } from "../src/ui/strings/error-words.ts";
import { StringsContext } from "../src/ui/strings/strings-context.ts";
import { App } from "./app.tsx";
import { readDemoOptions } from "./demo-options.ts";
import { takeInvite } from "./invite-link.ts";
import { Unsupported } from "./screens/unsupported.tsx";
import { Tab } from "./tab.ts";

const invite = takeInvite();
const strings = chooseStrings(navigator.languages);
document.documentElement.lang = strings.locale;

const root = document.getElementById("app");
if (root !== null) {
  start(root).catch((error: unknown) => {
    const words = strings.common.failed(errorWords(error, strings));
    render(
      <p class="note note-bad" role="alert">
        {words}
      </p>,
      root,
    );
  });
}

async function start(element: HTMLElement): Promise<void> {
  const missing = missingParts();
  if (missing.length > 0) {
    render(
      <StringsContext.Provider value={strings}>
        <Unsupported missing={missing} />
      </StringsContext.Provider>,
      element,
    );
    return;
  }
  const tab = await Tab.open(invite);
  addEventListener("hashchange", () => {
    const another = takeInvite();
    if (another !== null) tab.showInvite(another);
  });
  render(
    <StringsContext.Provider value={strings}>
      <App tab={tab} options={readDemoOptions(location.search)} />
    </StringsContext.Provider>,
    element,
  );
}

/** Browsers hide these on pages that did not come over https or from this machine. */
function missingParts(): readonly string[] {
  return [
    ...(navigator.locks === undefined ? ["Web Locks"] : []),
    ...(crypto.subtle === undefined ? ["Web Crypto"] : []),
    ...(globalThis.indexedDB === undefined ? ["IndexedDB"] : []),
  ];
}
