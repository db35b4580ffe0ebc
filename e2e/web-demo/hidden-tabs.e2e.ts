import { expect, test } from "playwright/test";
import { expectDelivery, send } from "../support/demo-page.ts";
import { openStage, type Stage } from "../support/stage.ts";

let stage: Stage;

test.beforeAll(async () => {
  stage = await openStage();
});
test.afterAll(() => stage?.close());

test("hidden tabs ack as fast as visible ones: a page's timers are throttled, its worker's are not", async () => {
  const [alice, bob, carol] = await stage.meet("Alice", "Bob", "Carol");
  for (const hidden of [bob, carol]) {
    const devtools = await hidden.context().newCDPSession(hidden);
    await devtools.send("Emulation.setFocusEmulationEnabled", { enabled: false });
  }
  await alice.bringToFront();
  for (let n = 1; n <= 5; n++) {
    await send(alice, `in front ${n}`);
    await expectDelivery(alice, `in front ${n}`, "everyone", "Received by all 2");
  }
  expect(stage.takePageErrors()).toEqual([]);
});
