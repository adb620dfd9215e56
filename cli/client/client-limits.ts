/** Every bound of what the command line asks of a control endpoint. */
import { controlLimits } from '../../sidecar/control/control-limits.js';
import { proxyTimeouts } from '../../sidecar/proxy/timeouts.js';

export const clientLimits = {
  /** Longer than a fault proxy takes for any answer: faults are in force, and kept, or that failed. */
  answerMs: proxyTimeouts.applyMs + proxyTimeouts.keptMs + 2000,
  answerBytes: 8 * 1024 * 1024,
  /** Two heartbeats of the event stream are missing by then. */
  silenceMs: 2 * controlLimits.heartbeatMs + 10_000,
  eventBytes: 256 * 1024,
  /** How often `watch` asks for the counts, and how many times in a row it goes unanswered before it ends. */
  pollMs: 1000,
  unanswered: 5,
} as const;
