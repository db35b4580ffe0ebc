import fc from "fast-check";
import { expect, test } from "vitest";
import { asMessageId, asParticipantId } from "../wire/ids.ts";
import { Followers } from "./followers.ts";
import { createParticipant } from "./participant.ts";

test("knows how many there are and who has the most, whatever comes and goes", () => {
  const changes = fc.array(fc.record({ adds: fc.boolean(), who: fc.nat(4), id: fc.nat(5) }), { maxLength: 60 });
  fc.assert(
    fc.property(changes, (all) => {
      const participants = [0, 1, 2, 3, 4].map((who) => createParticipant(who, asParticipantId(`p${who}`), null));
      const followers = new Followers();
      for (const { adds, who, id } of all) {
        const [participant] = participants.slice(who);
        if (participant === undefined) continue;
        const name = asMessageId(`m${id}`);
        const had = participant.followed.has(name);
        if (adds) followers.add(participant, name);
        else expect(followers.delete(participant, name)).toBe(had);
        expect(participant.followed.has(name)).toBe(adds);
        const sizes = participants.map(({ followed }) => followed.size);
        const most = Math.max(...sizes);
        expect(followers.total).toBe(sizes.reduce((sum, size) => sum + size, 0));
        expect(followers.largest()?.followed.size ?? 0).toBe(most);
      }
    }),
  );
});
