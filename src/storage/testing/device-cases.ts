import type { DeviceRecord } from "../port.ts";
import { assertEqual, assertRejects, assertTrue } from "./assert.ts";
import { bytesOf, CHANNEL_A, CHANNEL_B } from "./samples.ts";
import { type StorageCase, storageCase } from "./storage-case.ts";

export const rawRecord = (displayName: string): DeviceRecord => ({
  channel: CHANNEL_A,
  descriptor: bytesOf(1, 200),
  key: { kind: "raw", secretKey: bytesOf(2, 32), publicKey: bytesOf(3, 32) },
  displayName,
  joinedAt: 1_760_000_000_000,
});

export const deviceCases: readonly StorageCase[] = [
  storageCase("device records come back equal, one per channel", async (fixture) => {
    await fixture.storage.putDevice(rawRecord("first"));
    await fixture.storage.putDevice({ ...rawRecord("other"), channel: CHANNEL_B });
    await fixture.storage.putDevice(rawRecord("second"));
    const records = await (await fixture.reopen()).listDevice();
    records.sort((a, b) => (a.channel < b.channel ? -1 : 1));
    assertEqual(records, [rawRecord("second"), { ...rawRecord("other"), channel: CHANNEL_B }], "records");
  }),

  storageCase(
    "a non-extractable Ed25519 key still signs after a reload, and still cannot be exported",
    async (fixture) => {
      const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
      const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
      const key = { kind: "webcrypto", privateKey: pair.privateKey, publicKey } as const;
      await fixture.storage.putDevice({ ...rawRecord("signer"), key });
      const [record] = await (await fixture.reopen()).listDevice();
      assertTrue(record?.key.kind === "webcrypto", "the record lost its key");
      if (record?.key.kind !== "webcrypto") return;
      assertEqual(record.key.publicKey, publicKey, "public key");
      const message = bytesOf(4, 100) as Uint8Array<ArrayBuffer>;
      const signature = await crypto.subtle.sign("Ed25519", record.key.privateKey, message);
      assertTrue(
        await crypto.subtle.verify("Ed25519", pair.publicKey, signature, message),
        "the signature does not hold",
      );
      await assertRejects(crypto.subtle.exportKey("pkcs8", record.key.privateKey), "export of the private key");
    },
  ),
];
