/** Every bound of what is told of pods. */
export const eventLimits = {
  /** Opted-in namespaces whose pods are watched, each by one connection. */
  namespaces: 200,
  /** Of core/v1 Event. */
  messageLength: 1024,
  /** What was told lately is not told again so soon. */
  silenceMs: 10 * 60_000,
  remembered: 2048,
  /** Being written at once. */
  writing: 16,
  /** Until they are: after an outage all pods that went without are told at once. Beyond it, their next change tells. */
  waiting: 1024,
} as const;
