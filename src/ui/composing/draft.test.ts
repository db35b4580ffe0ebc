import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_DRAFT, readDraft, Submissions, storedDraft } from "./draft.ts";

function create(): Submissions {
  let last = 0;
  return new Submissions(() => `id${++last}`);
}

describe("Submissions", () => {
  it("leaves what was typed behind a text while it was sent", () => {
    const texts = create();
    texts.submit("hello", "chat");
    expect(texts.accepted("hello and more")).toBe(" and more");
    expect(texts.next()).toBeNull();
  });

  it("sends what is typed and submitted meanwhile as a message of its own", () => {
    const texts = create();
    texts.submit("one", "chat");
    expect(texts.fresh("onetwo")).toBe("two");
    texts.submit("two", "chat");
    expect(texts.next()?.text).toBe("one");
    expect(texts.accepted("onetwo")).toBe("two");
    expect(texts.next()?.text).toBe("two");
    expect(texts.accepted("two")).toBe("");
  });

  it("has nothing new when the same text is submitted twice in a hurry", () => {
    const texts = create();
    texts.submit("one", "chat");
    expect(texts.fresh("one")).toBe("");
  });

  it("loses nothing when the field is replaced meanwhile", () => {
    const texts = create();
    texts.submit("one", "chat");
    expect(texts.fresh("two")).toBe("two");
    texts.submit("two", "chat");
    expect(texts.draft("three", "chat").text).toBe("one\ntwo\nthree");
    expect(texts.accepted("three")).toBe("three");
    expect(texts.refused("three", "chat").text).toBe("two\nthree");
  });

  it("keeps the request id of the same text tried again, so that it cannot be sent twice", () => {
    const texts = create();
    texts.submit("hello", "chat");
    const first = texts.next()?.requestId;
    expect(texts.refused("hello", "chat").text).toBe("hello");
    texts.submit("hello", "chat");
    expect(texts.next()?.requestId).toBe(first);
    texts.refused("hello", "chat").text;
    texts.submit("hello!", "chat");
    expect(texts.next()?.requestId).not.toBe(first);
  });

  it("keeps the request ids of what a page that was closed had submitted", () => {
    const closed = create();
    closed.submit("one", "chat");
    closed.submit("two", "chat");
    const ids = closed.draft("onetwo", "chat").waiting.map(({ requestId }) => requestId);
    const { text, waiting } = readDraft(JSON.parse(JSON.stringify(storedDraft(closed.draft("onetwo", "chat")))));
    const texts = new Submissions(() => "new", waiting);
    expect(texts.fresh(text)).toBe("onetwo");
    texts.submit(text, "chat");
    expect(texts.next()).toEqual({ requestId: ids[0], text: "one", type: "chat" });
    expect(texts.accepted("onetwo")).toBe("two");
    expect(texts.next()).toEqual({ requestId: ids[1], text: "two", type: "chat" });
    expect(texts.accepted("two")).toBe("");
    expect(storedDraft(texts.draft("", "chat"))).toBeNull();
  });

  it("is the same wish when what was kept before it was submitted is all that is left", () => {
    const killed = create();
    killed.draft("hell", "chat");
    const kept = storedDraft(killed.draft("hello", "chat"));
    killed.submit("hello", "chat");
    const sent = killed.next()?.requestId;
    const { text, waiting } = readDraft(JSON.parse(JSON.stringify(kept)));
    const texts = new Submissions(() => "new", waiting);
    texts.submit(text, "chat");
    expect([text, texts.next()?.requestId]).toEqual(["hello", sent]);
  });

  it("is another wish when less, or something else, was kept", () => {
    const killed = create();
    const kept = killed.draft("hell", "chat");
    const ids = [
      kept,
      killed.draft("hello", "chat"),
      killed.draft("hello", "announcement"),
      killed.draft("hello", "chat"),
    ];
    killed.submit("hello", "chat");
    expect(new Set(ids.map(({ waiting }) => waiting[0]?.requestId)).size).toBe(4);
    expect(ids[3]?.waiting[0]?.requestId).toBe(killed.next()?.requestId);
    const texts = new Submissions(() => "new", kept.waiting);
    texts.submit("hello", "chat");
    expect(texts.next()?.requestId).toBe("new");
  });

  it("says the same words twice as two messages", () => {
    const texts = create();
    const ids: (string | undefined)[] = [];
    for (let times = 0; times < 2; times++) {
      texts.draft("ok", "chat");
      texts.submit("ok", "chat");
      ids.push(texts.next()?.requestId);
      expect(texts.accepted("ok")).toBe("");
      expect(storedDraft(texts.draft("", "chat"))).toBeNull();
    }
    expect(ids[0]).not.toBe(ids[1]);
  });

  it("takes the same words for a new wish once the field was emptied", () => {
    const texts = new Submissions(() => "new", [{ requestId: "old", text: "ok", type: "chat" }]);
    texts.cleared();
    texts.submit("ok", "chat");
    expect(texts.next()?.requestId).toBe("new");
  });

  it("remembers what a text is to be sent as; as something else it is another wish", () => {
    const texts = create();
    texts.submit("listen", "announcement");
    const first = texts.next();
    expect(first?.type).toBe("announcement");
    // The choice is gone from the screen by then, and comes back with the text.
    expect(texts.refused("listen", "chat")).toEqual({ text: "listen", type: "announcement" });
    texts.submit("listen", "announcement");
    expect(texts.next()?.requestId).toBe(first?.requestId);
    const closed = readDraft(JSON.parse(JSON.stringify(storedDraft(texts.draft("listen", "chat")))));
    expect(closed).toEqual({ text: "listen", type: "announcement", waiting: [first] });
    texts.refused("listen", "chat");
    texts.submit("listen", "chat");
    expect(texts.next()).toMatchObject({ text: "listen", type: "chat" });
    expect(texts.next()?.requestId).not.toBe(first?.requestId);
  });

  it("reads a draft of an earlier version, and no garbage", () => {
    expect(readDraft("plain").text).toBe("plain");
    for (const garbage of [null, 7, [], { text: 7, waiting: [{ text: "no id" }, null] }]) {
      expect(readDraft(garbage)).toEqual(NO_DRAFT);
    }
  });

  it("keeps every typed text either accepted or in the draft, whatever happens in whatever order", () => {
    const step = fc.constantFrom("type", "replace", "submit", "accept", "refuse");
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const texts = create();
        const accepted: string[] = [];
        let field = "";
        let letter = 0;
        const wanted = new Set<string>();
        for (const action of steps) {
          const name = `<${letter}>`;
          if (action === "type") {
            field += name;
            letter += 1;
          } else if (action === "replace") {
            // Replacing is the writer's own will: only submitted texts must survive it.
            field = name;
            letter += 1;
          } else if (action === "submit") {
            const text = texts.fresh(field);
            if (text === "") continue;
            texts.submit(text, "chat");
            for (const part of text.match(/<\d+>/g) ?? []) wanted.add(part);
          } else if (texts.next() !== null) {
            if (action === "accept") {
              accepted.push(texts.next()?.text ?? "");
              field = texts.accepted(field);
            } else field = texts.refused(field, "chat").text;
          }
          if (action === "replace" && texts.next() === null) wanted.clear();
          const kept = accepted.join("") + texts.draft(field, "chat").text;
          if (texts.next() !== null) for (const part of wanted) expect(kept).toContain(part);
        }
      }),
    );
  });
});
