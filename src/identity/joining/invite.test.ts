import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { toBase64url } from "../bytes/base64url.ts";
import { signer, stranger } from "../testing/sample.ts";
import { type Descriptor, encodeDescriptor } from "./descriptor.ts";
import { inviteLinkOf, parseInvite } from "./invite.ts";
import { inviteCodeOf } from "./invite-code.ts";
import { InviteError } from "./invite-error.ts";
import { createDescriptor } from "./signed-descriptor.ts";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const base = "https://demo.example/talk/";
const descriptors: Descriptor[] = [];
let descriptor: Descriptor;
let code: string;
let link: string;

beforeAll(async () => {
  // Names of three lengths in a row, so that each way in which base64url can end occurs.
  for (const name of ["Garden", "Gardens", "Gardener"]) {
    descriptors.push(
      await createDescriptor(
        { name, network: { preset: "local" }, profile: "community", parameters: {} },
        random,
        signer,
      ),
    );
  }
  descriptor = descriptors[0] as Descriptor;
  code = inviteCodeOf(descriptor);
  link = inviteLinkOf(base, descriptor);
});

function problemOf(text: string): string {
  try {
    parseInvite(text);
  } catch (error) {
    if (!(error instanceof InviteError)) throw error;
    expect(error.message).toMatch(/^[A-Z].{20,}\.$/);
    return error.code;
  }
  return "no error";
}

const wrap = (text: string, every: number, by: string) => text.match(new RegExp(`.{1,${every}}`, "g"))?.join(by) ?? "";

describe("an invite is read", () => {
  test("as link and as code", () => {
    expect(parseInvite(link)).toEqual(descriptor);
    expect(parseInvite(code)).toEqual(descriptor);
    expect(link.startsWith(`${base}#/join/`)).toBe(true);
    expect(code).toMatch(/^hearback1[A-Za-z0-9_-]+$/);
    expect(inviteLinkOf(`${base}#/somewhere`, descriptor)).toBe(link);
  });

  test.each<[string, (invite: string) => string]>([
    ["white space around", (invite) => `\n\t ${invite} \r\n`],
    ["quotation marks", (invite) => `\u201c${invite}\u201d`],
    ["angle brackets", (invite) => `<${invite}>`],
    ["a sentence", (invite) => `Come and join us: ${invite}. See you there!`],
    ["words behind it", (invite) => `${invite} and bring cake`],
    ["one letter behind it", (invite) => `${invite} x`],
    ["two letters behind it", (invite) => `${invite} ok`],
    ["Markdown", (invite) => `[the garden](${invite})`],
    ["a mail's line breaks", (invite) => wrap(invite, 60, "\r\n")],
    ["a quoted mail's line breaks", (invite) => wrap(invite, 60, "\n> > ")],
    ["line breaks and words behind it", (invite) => `${wrap(invite, 76, "\n")}\nGreetings, Ada`],
    ["invisible marks", (invite) => wrap(invite, 40, "\u200b")],
  ])("with %s", (_what, dress) => {
    for (const each of descriptors) {
      expect(parseInvite(dress(inviteCodeOf(each)))).toEqual(each);
      expect(parseInvite(dress(inviteLinkOf(base, each)))).toEqual(each);
    }
  });

  test.each([
    ["soft hyphen", "\u00ad"],
    ["zero width space", "\u200b"],
    ["zero width non-joiner", "\u200c"],
    ["zero width joiner", "\u200d"],
    ["left-to-right mark", "\u200e"],
    ["right-to-left mark", "\u200f"],
    ["word joiner", "\u2060"],
    ["byte order mark", "\ufeff"],
    ["tab", "\t"],
    ["no-break space", "\u00a0"],
    ["ideographic space", "\u3000"],
    ["line separator", "\u2028"],
    ["line feed", "\n"],
    ["carriage return", "\r"],
    ["quoted line break", "\n>"],
  ])("with a %s anywhere in it", (_what, noise) => {
    for (const each of descriptors) {
      expect(parseInvite(wrap(inviteCodeOf(each), 3, noise))).toEqual(each);
      expect(parseInvite(wrap(inviteLinkOf(base, each), 3, noise))).toEqual(each);
    }
  });

  test("when the telephone began it with a capital", () => {
    expect(parseInvite(`H${code.slice(1)}`)).toEqual(descriptor);
  });
});

describe("what is wrong is said", () => {
  test("not an invite", () => {
    for (const text of ["", "hello", "https://demo.example/", "hearback", "C".repeat(300)]) {
      expect(problemOf(text), text).toBe("not-an-invite");
    }
  });

  test("cut off, wherever that happened", () => {
    for (let length = "hearback1".length; length < code.length; length += 5) {
      expect(problemOf(code.slice(0, length)), `code of ${length}`).toBe("cut-off");
    }
    for (const each of descriptors) {
      for (const missing of [1, 2, 3, 4, 5, 6])
        expect(problemOf(inviteCodeOf(each).slice(0, -missing))).toBe("cut-off");
      for (const missing of [1, 2, 3, 4])
        expect(problemOf(inviteLinkOf(base, each).slice(0, -missing))).toBe("cut-off");
    }
    for (let length = link.indexOf("/join/") + 10; length < link.length; length += 5) {
      expect(problemOf(link.slice(0, length)), `link of ${length}`).toBe("cut-off");
    }
  });

  //= protocol: CHANNEL-9
  test("damaged: no changed character of a code goes unnoticed", () => {
    const reasons = new Map<string, number>();
    fc.assert(
      fc.property(
        fc.integer({ min: "hearback1".length, max: code.length - 1 }),
        fc.constantFrom(..."AQgw4_-x"),
        (at, by) => {
          fc.pre(code[at] !== by);
          const reason = problemOf(code.slice(0, at) + by + code.slice(at + 1));
          reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
          // A changed length of a field can look like a missing end.
          expect(["damaged", "cut-off"]).toContain(reason);
        },
      ),
    );
    expect(reasons.get("damaged") ?? 0).toBeGreaterThan(50);
  });

  test("damaged: the last character, also where only bits differ that no byte uses", () => {
    for (const by of "AQgw4_-x") {
      if (code.endsWith(by)) continue;
      expect(problemOf(code.slice(0, -1) + by), by).toBe("damaged");
    }
  });

  test("two exchanged characters of a code", () => {
    const at = [...code].findIndex((character, i) => i > 60 && character !== code[i + 1]);
    const exchanged = code.slice(0, at) + code[at + 1] + code[at] + code.slice(at + 2);
    expect(problemOf(exchanged)).toBe("damaged");
  });

  test("a changed character of a link", () => {
    fc.assert(
      fc.property(fc.integer({ min: link.indexOf("/join/") + 6, max: link.length - 2 }), (at) => {
        fc.pre(link[at] !== "B");
        expect(problemOf(`${link.slice(0, at)}B${link.slice(at + 1)}`)).not.toBe("no error");
      }),
    );
  });

  test("an owner's signature that does not fit", () => {
    const forged = { ...descriptor, ownerKey: stranger.publicKey };
    expect(problemOf(inviteCodeOf(forged))).toBe("bad-signature");
    expect(problemOf(inviteLinkOf(base, forged))).toBe("bad-signature");
  });

  test("a newer version", () => {
    expect(problemOf(code.replace("hearback1", "hearback2"))).toBe("unsupported-version");
    const newer = encodeDescriptor(descriptor).with(1, 2);
    expect(problemOf(`${base}#/join/${toBase64url(newer)}`)).toBe("unsupported-version");
    expect(problemOf(`${base}#/join/${toBase64url(Uint8Array.of(8, 2, 0xfa, 1, 1, 1))}`)).toBe("unsupported-version");
  });

  test("too much text", () => {
    expect(problemOf("x".repeat(70_000))).toBe("too-large");
  });
});

test("never throws anything but InviteError", () => {
  const part = fc.constantFrom("#/join/", "hearback1", "hearback9", "CAES", "_-", "\n> ", "\u{1F600}", "ÄÖ");
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string({ maxLength: 10 })), { maxLength: 12 }), (parts) => {
      expect(problemOf(parts.join(""))).not.toBe("no error");
    }),
  );
});
