/**
 * The layers, top to bottom. A module imports downwards only:
 *
 *   extension web-demo node sim bench e2e examples    users of the library
 *   src/ui
 *   src/bridge
 *   src/telemetry
 *   src/channel
 *   src/transport src/storage src/identity    ports, each with its adapters beside it
 *   src/runtime                              clock and randomness, which everything may be given
 *   src/sds                                  the protocol, pure; it knows no clock
 *
 * Inside a layer the rooms have an order too: scripts/lib/rooms.mjs. Types count as imports everywhere.
 *
 * Run by scripts/lint-layers.mjs. Tests and contract suites may import more, since they bring the parts together.
 */
import { HOUSES, pathOf, reachOf, TOP } from "./scripts/lib/rooms.mjs";

const TESTS = String.raw`(\.test\.tsx?|contract\.tsx?)$|/testing/|^node/interoperability/hostile-node/`;
const USERS = "^(extension|web-demo|node|sim|bench|e2e|examples|scripts)/";
const PORTS = "^src/(transport|storage|identity|runtime)/";

/** One rule for each room: of its house it imports only itself and what is below it. */
function roomOrder(house) {
  return [...reachOf(house)].map(([room, reach]) => ({
    name: `room-order-${house.folder.replaceAll("/", "-")}${room === TOP ? "" : `-${room}`}`,
    severity: "error",
    from: { path: pathOf(house, room), pathNot: TESTS },
    to: { path: `^${house.folder}/`, pathNot: reach.map((below) => pathOf(house, below)).join("|") },
  }));
}

const forbidden = [
  {
    name: "sds-is-pure",
    comment: "The protocol imports only itself and @noble/hashes: whatever has a clock, chance or I/O is an effect.",
    severity: "error",
    from: { path: "^src/sds/", pathNot: TESTS },
    to: { pathNot: "^src/sds/|(^|/)node_modules/@noble/hashes/" },
  },
  {
    name: "ports-know-only-sds-and-runtime",
    comment:
      "A port and its adapters know themselves, the protocol's types and the clock, no other port and nothing above.",
    severity: "error",
    from: { path: PORTS, pathNot: TESTS },
    to: { path: "^src/", pathNot: "^src/$1/|^src/(sds|runtime)/" },
  },
  {
    name: "runtime-imports-nothing",
    comment: "Clock and randomness stand alone, so that everything can be given them.",
    severity: "error",
    from: { path: "^src/runtime/", pathNot: TESTS },
    to: { pathNot: "^src/runtime/" },
  },
  {
    name: "channel-is-below-telemetry-bridge-ui",
    severity: "error",
    from: { path: "^src/channel/", pathNot: TESTS },
    to: { path: "^src/(telemetry|bridge|ui)/" },
  },
  {
    name: "telemetry-is-below-bridge-ui",
    severity: "error",
    from: { path: "^src/telemetry/", pathNot: TESTS },
    to: { path: "^src/(bridge|ui)/" },
  },
  {
    name: "bridge-is-below-ui",
    severity: "error",
    from: { path: "^src/bridge/", pathNot: TESTS },
    to: { path: "^src/ui/" },
  },
  {
    name: "ui-knows-only-the-client",
    comment: "Screens see a channel through ChannelClient and ChannelHost, so that they work direct and over a bridge.",
    severity: "error",
    from: { path: "^src/ui/", pathNot: TESTS },
    to: { path: "^src/", pathNot: "^src/(ui|sds)/|^src/channel/api/" },
  },
  {
    name: "library-does-not-know-its-users",
    severity: "error",
    from: { path: "^src/", pathNot: TESTS },
    to: { path: USERS },
  },
  {
    name: "users-do-not-import-each-other",
    comment: "The demo, the extension and the Node programs are separate products. Tests in e2e may drive them all.",
    severity: "error",
    from: { path: "^(extension|web-demo|node|sim|bench|examples)/", pathNot: TESTS },
    to: { path: USERS, pathNot: "^$1/" },
  },
  {
    name: "examples-know-only-the-library",
    comment: "What an example needs, a program of somebody else needs too.",
    severity: "error",
    from: { path: "^examples/", pathNot: TESTS },
    to: { path: "^(src|scripts|extension|web-demo|node|sim|bench|e2e)/", pathNot: "^src/index[.]ts$" },
  },
  ...HOUSES.flatMap(roomOrder),
  {
    name: "own-state",
    comment: "Who wants another room's state changed asks a function of that room. Mutations plant defects on purpose.",
    severity: "error",
    from: { path: "^(.*/)[^/]+$", pathNot: `${TESTS}|^sim/mutations/` },
    to: { path: "(^|/)own[.]ts$", pathNot: "^$1own[.]ts$" },
  },
  {
    name: "no-node-in-the-browser",
    comment: "src/ and the browser programs run where there is no Node.",
    severity: "error",
    from: { path: "^(src|web-demo|extension)/", pathNot: TESTS },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "no-development-packages-at-run-time",
    severity: "error",
    from: { path: "^(src|web-demo|extension)/", pathNot: `${TESTS}|(^|/)vite\\.config\\.ts$` },
    to: { dependencyTypes: ["npm-dev", "npm-no-pkg"] },
  },
  {
    name: "product-does-not-import-tests",
    severity: "error",
    from: { path: "^(src|web-demo|extension|node)/", pathNot: TESTS },
    to: { path: TESTS, pathNot: "node_modules" },
  },
  { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
  {
    name: "imports-resolve",
    comment: "The package names itself in a program that runs where it is installed; here it may not be built.",
    severity: "error",
    from: {},
    to: { couldNotResolve: true, pathNot: "^hearback$" },
  },
];

/** Folders with source; those that do not exist yet are skipped by the runner. */
export const folders = ["src", "extension", "web-demo", "node", "sim", "bench", "e2e", "examples", "scripts"];

export const ruleSet = { forbidden };

export const options = {
  parser: "swc",
  tsPreCompilationDeps: true,
  preserveSymlinks: true,
  doNotFollow: { path: "node_modules" },
  exclude: { path: "^(dist|[.]cache)/" },
  enhancedResolveOptions: {
    exportsFields: ["exports"],
    conditionNames: ["import", "browser", "default", "types"],
    extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
  },
};
