/** What is running where, as the page shows it. */
import type { Usage } from "../engine/protocol/usage";

export type UsageSlice = {
  /** Null before it was asked for, and while a device starts. */
  usage: Usage | null;
  /** Whether the panel is open; while it is, `usage` follows the work. */
  isUsageShown: boolean;
  showUsage: () => void;
  hideUsage: () => void;
  refreshUsage: () => Promise<void>;
};
