/**
 * The order of rooms, written once: `.dependency-cruiser.mjs` makes its rules of it, `node scripts/rooms.mjs --write` the
 * tables in docs/architecture.md, and `scripts/rooms.test.ts` holds folders and READMEs to it.
 *
 * A house is a folder that is divided into rooms (folders of its own). Its floors go from the bottom up: a file may import
 * from its own room and from all floors below; rooms of one floor do not know each other. `TOP` stands for the files that
 * lie in the house's folder itself: on the last floor, unless it is named on another one.
 */
export const TOP = ".";

/**
 * @typedef {{ readonly name: string, readonly answers: string }} Room `answers`: the question, as its README begins
 * @typedef {{ readonly folder: string, readonly floors: readonly (readonly Room[])[] }} House
 */

/** @type {(name: string, answers: string) => Room} */
const room = (name, answers) => ({ name, answers });

/** @type {readonly House[]} */
export const HOUSES = [
  {
    folder: "src/sds",
    floors: [
      [
        room("parameters", "Which numbers does the protocol go by, and which may a channel change?"),
        room("collections", "In what are many things kept so that the one that is wanted is found at once?"),
      ],
      [
        room("wire", "How does a message become bytes, and how do any bytes become a message or a reason?"),
        room("filter", "Is an id probably in somebody's set, and when is a filter not to be believed?"),
      ],
      [room("io", "What goes into a step, what comes out of it, and what is stored?")],
      [room("clock", "What time is it: on the wall, in Lamport's sense, and in time spent online?")],
      [room("budget", "How much may this participant still publish, and when again?")],
      [room("participants", "Who was heard, who is present, and what is kept of what they said they have?")],
      [room("log", "What is held, what builds on what, and in which order is it shown?")],
      [room("outbox", "How far did each own message get, and when is it sent again?")],
      [room("holes", "What is named and not held, when is it asked for, and what is too old to matter?")],
      [room("evidence", "Who has what, on whose word, and what may we say that we have?")],
      [room("repair", "What do we ask the others for, and what do we answer when they ask?")],
      [room("sync", "When do we next say what we have, and does what others say differ from it?")],
      [room("receive", "What does a message change when it comes, and when is it delivered?")],
      [room("compose", "How does an own message enter the log, and how is it taken back before it left?")],
      [room("checks", "Does the state of a channel contradict itself?")],
      [room(TOP, "What does one step do, what is due when, and how is a channel restored?")],
    ],
  },
  {
    folder: "src/channel",
    floors: [
      [room("api", "What can a user interface ask of a channel, and of the host that keeps channels?")],
      [room("disk", "What is on its way to the disk, and what happens when it is full?")],
      [
        room("views", "What do people see of the protocol's state, and of what happens?"),
        room("sending", "How is what we say signed, encrypted and published?"),
      ],
      [room("receiving", "What comes in, may it be believed, and what time do the others say it is?")],
      [
        room(
          "running",
          "In which order do a step, its commit, its events and its effects come, and when does it all end?",
        ),
      ],
      [room(TOP, "How are the parts of one channel put together?")],
      [room("host", "Which channels is this device in, and who may use them?")],
    ],
  },
  {
    folder: "src/bridge",
    floors: [
      [
        room("protocol", "What is said between a page and its worker, and is what came of that shape?"),
        room("ports", "How do browsers' pipes become one kind of port?"),
      ],
      [
        room("client", "How does a page use a host that lives in a worker, and outlive that worker?"),
        room("server", "How does a worker serve its host to any number of pages, each request once?"),
      ],
    ],
  },
  {
    folder: "src/ui",
    floors: [
      [room("strings", "Which words do people read, in which language?"), room("styles", "What does it look like?")],
      [
        room("model", "What does a screen know of a channel, and when does it draw again?"),
        room("people", "Who is who on the screen?"),
        room("widgets", "Which small parts do all screens share?"),
      ],
      [room("delivery", "How is it shown who has a message?")],
      [
        room("log", "How is a long log shown, walked through and read out?"),
        room("composing", "How is a message typed, kept and sent?"),
        room("screens", "How do people come into a channel, invite others, leave, and see that they are connected?"),
      ],
    ],
  },
  {
    folder: "src/transport/waku",
    floors: [
      [room("wire", "What do Waku's services put on a libp2p stream?")],
      [room("liveness", "Is the other side of a connection still there, and may it still push into an older one?")],
      [room("dialling", "Whom may we connect to, how long may it take, and when is it tried again?")],
      [room("links", "How is a subscription at a service node kept alive?")],
      [room("node", "Which parts of the SDK's light node need a guard around them?")],
      [room(TOP, "How does the `Transport` port become Waku: publishing, subscribing, asking a Store?")],
    ],
  },
  {
    folder: "src/identity",
    floors: [
      [
        room(TOP, "What is a key that signs, wherever it lies?"),
        room("bytes", "How are things put into bytes that are signed, hashed, compared or written into a link?"),
        room("secrecy", "Who may read it, and under which topic does it travel?"),
      ],
      [room("keys", "Where does a key lie, how does it sign, and is a signature its own?")],
      [
        room("authors", "Who wrote this, and what does its sender say it has?"),
        room("joining", "What is a channel, and how does somebody come into it?"),
      ],
    ],
  },
  {
    folder: "node/service-node",
    floors: [
      [room("limits", "How much may one client ask for, and how far may its clock be off?")],
      [room("store", "What is kept of what passed, and in which pages is it asked for?")],
      [
        room("services", "How is a client's request answered: publish, subscribe, look up, say who you are?"),
        room("peers", "How does the node meet browsers and other nodes of Waku?"),
      ],
      [room(TOP, "How does it all become one program with settings, and does it answer?")],
      [room("clients", "Does Hearback's own transport hold against a service node that is slow, lies or goes away?")],
    ],
  },
  {
    folder: "sim/core",
    floors: [
      [
        room("report", "What happened in a world, and which promise broke?"),
        room("network", "What travels between members, and what does a service node keep of it?"),
      ],
      [room("script", "Which weather and which events does a seed make?")],
      [room("members", "What does one honest device do: its clock, its disk, its crashes?")],
      [
        room("invariants", "What must hold, after each step and at the end?"),
        room("timers", "Does everything that has a time happen at it?"),
      ],
      [room(TOP, "How do members, liars and network become one world, and who watches it?")],
    ],
  },
];

/** Folders of a house that are no rooms: they serve tests. */
export const NO_ROOMS = new Set(["testing", "vectors"]);

/** Rooms of a house, without the files at its top. */
export function roomsOf({ floors }) {
  return floors.flat().filter(({ name }) => name !== TOP);
}

/** For each room, and the files at the top: what they may import of the house, as names of rooms, themselves included. */
export function reachOf({ floors }) {
  const named = floors.flat().some(({ name }) => name === TOP);
  const all = named ? floors : [...floors, [room(TOP, "")]];
  const reach = new Map();
  const below = [];
  for (const floor of all) {
    for (const { name } of floor) reach.set(name, [...below, name]);
    below.push(...floor.map(({ name }) => name));
  }
  return reach;
}

/** A pattern of the paths of a room, or of the files at the top of the house. */
export function pathOf({ folder }, name) {
  return name === TOP ? `^${folder}/[^/]+$` : `^${folder}/${name}/`;
}

/** Folders without rooms that have a README of the same kind. */
export const FOLDERS = [
  { folder: "src/storage", answers: "Where does a device keep its channels, and what is promised of what is written?" },
  { folder: "src/identity", answers: "Who wrote this, who may read it, and how does somebody come into a channel?" },
  { folder: "src/runtime", answers: "What time is it, what is chance, and how are both replayed?" },
  { folder: "sim", answers: "Does the protocol keep its promises in worlds with faults and liars?" },
  { folder: "sim/core", answers: "How is a whole channel of protocol cores run on virtual time, and watched?" },
  {
    folder: "node/service-node",
    answers: "What does a Waku service node do for browsers, and may a transport of ours rely on it?",
  },
  { folder: "node", answers: "What of Hearback runs in Node?" },
  { folder: "e2e", answers: "Does it work as people use it, in the browsers they use?" },
  { folder: "bench", answers: "How fast and how small is it, beside `@waku/sds`?" },
];
