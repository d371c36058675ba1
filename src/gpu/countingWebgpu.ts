/** The WebGPU backend of tfjs that counts its compute dispatches. Fetched with the backend itself. */
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu";
import { util, type TensorInfo } from "@tensorflow/tfjs-core";

import { countPiece } from "./workCount";

type RunArgs = Parameters<WebGPUBackend["runWebGPUProgram"]>;

/** Each program is one dispatch; one whose output is empty is none. */
export class CountingWebGPUBackend extends WebGPUBackend {
  override runWebGPUProgram(...args: RunArgs): TensorInfo {
    const output = super.runWebGPUProgram(...args);
    if (util.sizeFromShape(output.shape) > 0) countPiece();
    return output;
  }
}
