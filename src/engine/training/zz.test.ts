import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { it } from "vitest";
import { registerWasmKernels } from "../../gpu/wasmKernels";
import { openFilledBench, testPlan } from "./testBench";
it("x", async () => {
  await import("@tensorflow/tfjs-backend-wasm");
  registerWasmKernels();
  await tf.setBackend("wasm");
  for (const [lr, unetFactor] of [[0.01,100]] as const) {
  const bench = await openFilledBench(24);
  const steps = { vqvae: 0, binding: 0, slots: 2000 };
  const { id } = await bench.create(testPlan(bench.setId, { steps, lr, unetFactor, lookEvery: 1000 }));
  const losses: string[] = [];
  const r = await bench.train(id, null, (p, pause) => { if (p.kind === "step") { losses.push(p.point.loss.toPrecision(2)); if (losses.length > 160) pause(); } });
  console.log(lr, unetFactor, r.status, r.message, losses.join(" "));
  }
}, 200000);
