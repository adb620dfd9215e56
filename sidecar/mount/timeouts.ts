/**
 * The bounds of the holder of a pod, which does not know why it is asked to end: it asks the fault proxy, and must have
 * unmounted before the kubelet kills it.
 *
 *     SIGTERM ─ answer of the fault proxy ─ unmount ─►  within the kubelet's least grace
 */
import { podTimeouts } from '../../core/pod-timeouts.js';

/** Unmounting takes its time. */
const unmountMs = 1000;

export const holderTimeouts = {
  /** For the fault proxy to say whether it is ending too. */
  proxyAnswerMs: podTimeouts.leastGraceMs - unmountMs,
  /**
   * A fault proxy that says it serves is told to end at about the same time, or is killed so much later, if the pod is
   * ending; if none of that happens, somebody wanted this container again.
   */
  forgetMs: podTimeouts.leastGraceMs + 3000,
} as const;
