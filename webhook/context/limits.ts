/** Every bound of what is asked of the API server while it waits for us. */
import { webhookTimeouts } from '../timeouts.js';

export const contextLimits = {
  lookUpMs: webhookTimeouts.lookUpMs,
  lookUpsAtOnce: 16,
  /** A cluster is upgraded now and then; until its version is known it is asked more often. */
  versionMs: 3_600_000,
  versionRetryMs: 10_000,
} as const;
