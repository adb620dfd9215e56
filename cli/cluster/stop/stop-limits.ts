/** Every bound of stopping a cluster. */
export const stopLimits = {
  /** Pods whose annotations are taken away at once. */
  patchesAtOnce: 32,
  /** Of one call: with a pause before each try but the first, twice as long each time. */
  tries: 5,
  retryMs: 50,
  /** An EmergencyStop that was made is in force at every API server by then: it takes 0.1 to 0.3 s. */
  inForceMs: 1000,
  /** So often all pods are looked at for faults that came meanwhile. */
  passes: 5,
  /** How long a sidecar may take until nothing is armed: the kubelet carries the change, within a second or so. */
  offMs: 10_000,
  pollMs: 50,
  /** Times in a row that a sidecar may leave a question unanswered: it may be starting again, or starve. */
  unanswered: 5,
  /** Before it is asked again; twice as long each time. */
  unansweredMs: 100,
  /** Of the reason. */
  reasonCharacters: 512,
  /** Pods that are named; the rest is counted. With --output json all are. */
  podsTold: 20,
} as const;
