/** What is running where follows the work while somebody looks, and belongs to one device. */
import { expect, test } from "vitest";

import { createReadyPage, settle } from "./testPage";

test("is asked when the panel opens and after work, not behind a closed one", async () => {
  const page = await createReadyPage(1);
  await page.state().generate(page.scene("A").id);
  expect(page.callsOf("usage")).toHaveLength(0);
  const weightsAsked = page.callsOf("listWeights").length;
  page.state().showUsage();
  await settle();
  expect(page.callsOf("usage")).toHaveLength(1);
  expect(page.callsOf("listWeights")).toHaveLength(weightsAsked + 1);
  expect(page.state().usage?.memory.peakTensors).toBe(2);
  await page.state().setSlotSeed(page.scene("A").id, 3);
  await settle();
  const asked = page.callsOf("usage").length;
  expect(asked).toBeGreaterThan(1);
  page.state().hideUsage();
  await page.state().setSlotSeed(page.scene("A").id, 4);
  await settle();
  expect(page.callsOf("usage")).toHaveLength(asked);
});

test("of the device before is gone when another starts", async () => {
  const page = await createReadyPage(1);
  page.state().showUsage();
  await settle();
  page.held.add("start");
  void page.state().switchBackend("wasm");
  await settle();
  expect(page.state().usage).toBeNull();
  page.held.delete("start");
  page
    .callsOf("start")[0]
    ?.answer({ backend: "wasm", description: "", threads: 1, isIsolated: true, probes: [] });
  await settle();
  expect(page.callsOf("usage").length).toBeGreaterThan(0);
  expect(page.state().usage).not.toBeNull();
});
