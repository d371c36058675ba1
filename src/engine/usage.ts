/** The answer to "what is running where", put together from what the session knows and what the browser tells. */
import { memoryReport, type BackendDetails } from "../gpu/backend";
import { peakSoFar } from "../gpu/workCount";
import type { FileStore } from "../storage/fileStore";
import type { Usage } from "./protocol/usage";
import type { StageMeter } from "./stageMeter";

/** @param details - of the backend that runs */
export async function reportUsage(
  details: BackendDetails,
  meter: Pick<StageMeter, "stages">,
  files: FileStore,
): Promise<Usage> {
  const { tensors, bytes } = peakSoFar();
  return {
    details,
    cores: navigator.hardwareConcurrency,
    memory: { ...memoryReport(), peakTensors: tensors, peakTensorBytes: bytes },
    stages: meter.stages(),
    storage: { isLasting: files.isLasting, isPersisted: await askPersisted() },
  };
}

/** Whether what is kept is safe from the browser's own clearing; null where it does not tell. */
async function askPersisted(): Promise<boolean | null> {
  const storage = "storage" in navigator ? navigator.storage : null;
  return storage && "persisted" in storage ? storage.persisted().catch(() => null) : null;
}
