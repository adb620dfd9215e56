/**
 * How long the kubelet waits for the sidecars of a pod. The webhook writes it into the pod, and the sidecars compute
 * their own bounds from it.
 */

/** Of both sidecars. A node that starts many pods at once needs most of two minutes to load them. */
export const startupProbe = { periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 120 } as const;

export const podTimeouts = {
  /** From the start of a sidecar until the kubelet kills it for not being ready. */
  startupMs: startupProbe.periodSeconds * startupProbe.failureThreshold * 1000,
  /** From SIGTERM to SIGKILL, at least: `minimumGracePeriodInSeconds` of the kubelet, where the pod's own grace is used up. */
  leastGraceMs: 2000,
} as const;
