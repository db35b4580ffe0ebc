import { ed25519 } from "@noble/curves/ed25519.js";
import { hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import { readVectors } from "../testing/vector-file.ts";
import { isStrictPublicKey, verifyStrict } from "./ed25519-key.ts";
import { type Ed25519Vector, failedEd25519Vectors } from "./ed25519-vectors.ts";
import { inTime } from "./verdict-in-time.ts";
import { PROBED_KEY, PROBED_MESSAGE, PROBES } from "./verdict-probes.ts";
import { createVerdicts, type Engine, type Signed, type VerdictOf } from "./verdicts.ts";

const vectors = await readVectors<Ed25519Vector>("ed25519.json");

type Verifier = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>;

/** An engine that verifies like this, and how often it was asked for what. */
function engineOf(verifier: Verifier, importing: () => void = () => {}) {
  const asked = { imports: 0, verdicts: 0 };
  const engine = {
    importKey: async (_format: string, bytes: Uint8Array) => {
      asked.imports++;
      importing();
      return { bytes };
    },
    verify: async (_algorithm: string, key: { bytes: Uint8Array }, signature: Uint8Array, message: Uint8Array) => {
      asked.verdicts++;
      return await verifier(key.bytes, message, signature);
    },
  };
  return { engine: engine as unknown as Engine, asked };
}

const failures = (verdictOf: VerdictOf) =>
  failedEd25519Vectors((publicKey, message, signature) => verdictOf({ publicKey, message, signature }), vectors);

function signedBy(secret: Uint8Array, message = Uint8Array.of(1, 2, 3)): Signed {
  return { publicKey: ed25519.getPublicKey(secret), message, signature: ed25519.sign(message, secret) };
}

const ADA = new Uint8Array(32).fill(1);

describe("verdicts by the engine", () => {
  //= protocol: SIGN-2, SIGN-13
  test("are the strict ones on every vector, and this engine has them", async () => {
    let verdicts = 0;
    const { subtle } = crypto;
    const counted = {
      importKey: subtle.importKey.bind(subtle),
      verify: (...values: Parameters<Engine["verify"]>) => {
        verdicts++;
        return subtle.verify(...values);
      },
    } as Engine;
    const verdictOf = createVerdicts(counted);
    expect(await failures(verdictOf)).toEqual([]);
    expect(verdicts).toBeGreaterThan(PROBES.length);
    const before = verdicts;
    expect(await verdictOf(signedBy(ADA))).toBe(true);
    expect(verdicts).toBe(before + 1);
  });

  //= protocol: SIGN-2
  test("are the same as those computed here, on good and flipped signatures, keys and messages", async () => {
    const verdictOf = createVerdicts(crypto.subtle);
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const flips = fc.option(
      fc.record({ where: fc.constantFrom("publicKey", "message", "signature"), bit: fc.nat(511) }),
    );
    await fc.assert(
      fc.asyncProperty(seed, fc.uint8Array({ minLength: 1, maxLength: 200 }), flips, async (secret, message, flip) => {
        const signed = signedBy(secret, message);
        if (flip !== null) {
          const target = signed[flip.where as keyof Signed];
          const at = (flip.bit >> 3) % target.length;
          target[at] = (target[at] ?? 0) ^ (1 << (flip.bit & 7));
        }
        const verdict = await verdictOf(signed);
        expect(verdict).toBe(verifyStrict(signed.publicKey, signed.message, signed.signature));
        expect(verdict).toBe(flip === null);
      }),
      { numRuns: 60 },
    );
  });
});

describe("an engine is not believed", () => {
  //= protocol: SIGN-13
  test("about S: one that takes an S of L and above is right on the probes, and not asked about it", async () => {
    const forged = vectors.filter(({ name }) => /^S (\+|=) 8?L$/.test(name)).map(({ signature }) => signature);
    expect(forged.length).toBe(3);
    const { engine } = engineOf((key, message, signature) => {
      return forged.includes(Buffer.from(signature).toString("hex")) || verifyStrict(key, message, signature);
    });
    expect(await failures(createVerdicts(engine))).toEqual([]);
  });

  const lax: Verifier = (key, message, signature) => ed25519.verify(signature, message, key, { zip215: true });

  //= protocol: SIGN-13
  test.each<[string, Verifier]>([
    ["that verifies with the cofactor and takes odd encodings", lax],
    ["that takes everything", () => true],
    ["that takes nothing", () => false],
    ["that throws", () => Promise.reject(new Error("no Ed25519"))],
  ])("%s: the verdicts are computed here, and it is asked no more", async (_name, verifier) => {
    const { engine, asked } = engineOf(verifier);
    const verdictOf = createVerdicts(engine);
    expect(await verdictOf(signedBy(ADA))).toBe(true);
    const { verdicts } = asked;
    expect(await failures(verdictOf)).toEqual([]);
    expect(asked.verdicts).toBe(verdicts);
  });

  test("that there is none of is no loss but of time", async () => {
    expect(await failures(createVerdicts(undefined))).toEqual([]);
  });

  test("about a key that it does not take: that verdict is computed here", async () => {
    let takes = true;
    const { engine, asked } = engineOf(verifyStrict, () => {
      if (!takes) throw new Error("not this key");
    });
    const verdictOf = createVerdicts(engine);
    expect(await verdictOf(signedBy(ADA))).toBe(true);
    takes = false;
    const before = asked.verdicts;
    const signed = signedBy(new Uint8Array(32).fill(2));
    expect(await verdictOf(signed)).toBe(true);
    expect(await verdictOf({ ...signed, message: Uint8Array.of(9) })).toBe(false);
    expect(asked.verdicts).toBe(before);
  });
});

describe("the probes", () => {
  test("are those vectors in which all depends on how R is compared", () => {
    const decided = vectors.filter(({ publicKey, message, signature }) => {
      const s = hexToBytes(signature).slice(32).reverse();
      const scalar = s.length === 32 ? BigInt(`0x${Buffer.from(s).toString("hex")}`) : ed25519.Point.Fn.ORDER;
      return publicKey === PROBED_KEY && message === PROBED_MESSAGE && scalar < ed25519.Point.Fn.ORDER;
    });
    expect(PROBES.map(({ name, r, s, holds }) => [name, r + s, holds])).toEqual(
      decided.map(({ name, signature, valid }) => [name, signature, valid]),
    );
    expect(isStrictPublicKey(hexToBytes(PROBED_KEY))).toBe(true);
    expect(PROBES.filter(({ name }) => / R$|^R /.test(name)).length).toBeGreaterThan(10);
  });
});

describe("what is kept of keys", () => {
  test("has a bound, and those that speak now are kept", async () => {
    const { engine, asked } = engineOf((key, message, signature) => {
      // Only probes are judged; all others are said to hold, so that many keys cost little.
      return Buffer.from(key).toString("hex") === PROBED_KEY ? verifyStrict(key, message, signature) : true;
    });
    const verdictOf = createVerdicts(engine);
    const ask = async (number: number) => {
      const publicKey = Uint8Array.from(new Uint8Array(32).fill(255));
      new DataView(publicKey.buffer).setUint32(0, number);
      await verdictOf({ publicKey, message: Uint8Array.of(1), signature: new Uint8Array(64) });
    };
    await ask(0);
    await ask(1);
    for (let number = 2; number < 511; number++) await ask(number);
    const before = asked.imports;
    await ask(0);
    expect(asked.imports).toBe(before);
    for (let number = 1_000; number < 1_003; number++) await ask(number);
    await ask(0);
    expect(asked.imports).toBe(before + 3);
    await ask(1);
    expect(asked.imports).toBe(before + 4);
  });
});

describe("an engine that answers no more", () => {
  const HOUR = 3_600_000;

  test("is waited for five seconds, then not asked for a minute", async () => {
    const clock = createVirtualClock(HOUR);
    let asked = 0;
    let answers = false;
    const { verdictOf } = inTime(() => {
      asked++;
      return answers ? Promise.resolve(true) : new Promise(() => {});
    }, clock);
    const good = signedBy(ADA);
    const outcomes: boolean[] = [];
    for (const signed of [good, { ...good, message: Uint8Array.of(0) }]) {
      void verdictOf(signed).then((holds) => outcomes.push(holds));
    }
    await clock.advanceSettled(4_999);
    expect(outcomes).toEqual([]);
    await clock.advanceSettled(1);
    expect([outcomes, clock.pending]).toEqual([[true, false], 0]);
    expect([await verdictOf(good), asked]).toEqual([true, 2]);
    answers = true;
    await clock.advanceSettled(60_000);
    expect([await verdictOf({ ...good, message: Uint8Array.of(0) }), asked]).toEqual([true, 3]);
    await clock.advanceSettled(5_000);
    expect([await verdictOf({ ...good, message: Uint8Array.of(0) }), asked]).toEqual([true, 4]);
  });

  test("is waited for as long whoever else asks, and one timer serves all", async () => {
    const clock = createVirtualClock(HOUR);
    const settled: string[] = [];
    const answers = new Map<Uint8Array, (holds: boolean) => void>();
    const { verdictOf } = inTime((signed) => new Promise((resolve) => answers.set(signed.message, resolve)), clock);
    const ask = (name: string): Uint8Array => {
      const signed = signedBy(ADA, Uint8Array.of(name.length));
      void verdictOf(signed).then((holds) => settled.push(`${name} ${holds} at ${clock.now() - HOUR}`));
      return signed.message;
    };
    const answered = ask("a");
    await clock.advanceSettled(2_000);
    ask("bb");
    await clock.advanceSettled(1_000);
    answers.get(answered)?.(true);
    ask("ccc");
    await clock.advanceSettled(1_000);
    expect(clock.pending).toBe(1);
    await clock.advanceSettled(20_000);
    expect(settled).toEqual(["a true at 3000", "bb true at 7000", "ccc true at 8000"]);
    expect(clock.pending).toBe(0);
  });

  test("is waited for no longer after a time in which nobody waited", async () => {
    const clock = createVirtualClock(HOUR);
    let answers = true;
    const { verdictOf } = inTime(() => (answers ? Promise.resolve(false) : new Promise(() => {})), clock);
    expect(await verdictOf(signedBy(ADA))).toBe(false);
    await clock.advanceSettled(20_000);
    answers = false;
    let verdict: boolean | undefined;
    void verdictOf(signedBy(ADA)).then((holds) => (verdict = holds));
    await clock.advanceSettled(5_000);
    expect(verdict).toBe(true);
  });

  test("is waited for no longer than that when the clock is set back", async () => {
    const clock = createVirtualClock(HOUR);
    let setBackMs = 0;
    const { verdictOf } = inTime(() => new Promise(() => {}), { ...clock, now: () => clock.now() - setBackMs });
    const verdict = verdictOf(signedBy(ADA));
    await clock.advanceSettled(1_000);
    setBackMs = HOUR / 2;
    await clock.advanceSettled(4_000);
    expect(await verdict).toBe(true);
  });

  test("is not waited for when nobody wants to know any more", async () => {
    const clock = createVirtualClock(HOUR);
    let asked = 0;
    const { verdictOf, close } = inTime(() => {
      asked++;
      return new Promise(() => {});
    }, clock);
    const good = signedBy(ADA);
    const pending = Promise.all([verdictOf(good), verdictOf(good)]);
    await Promise.resolve();
    expect(clock.pending).toBe(1);
    close();
    expect([await pending, clock.pending]).toEqual([[false, false], 0]);
    expect([await verdictOf(good), asked, clock.pending]).toEqual([false, 2, 0]);
  });
});
