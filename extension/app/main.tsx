import { render } from "preact";
import "../../src/ui/styles.css";
import "./app.css";
import { chooseStrings } from "../../src/ui/strings/choose.ts";
import { StringsContext } from "../../src/ui/strings/strings-context.ts";
import { App } from "./app.tsx";
import { Shell } from "./shell.ts";
import { viewKind } from "./views.ts";

const strings = chooseStrings(navigator.languages);
document.documentElement.lang = strings.locale;

const root = document.getElementById("app");
if (root !== null) {
  render(
    <StringsContext.Provider value={strings}>
      <App shell={new Shell(viewKind())} />
    </StringsContext.Provider>,
    root,
  );
}
