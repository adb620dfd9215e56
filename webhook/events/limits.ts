/** Every bound of what is told of pods. */
export const eventLimits = {
  /** Opted-in namespaces whose pods are watched, each by one connection. */
  namespaces: 200,
  /** Of core/v1 Event. */
  messageLength: 1024,
  /** What was told lately is not told again so soon. */
  silenceMs: 10 * 60_000,
  remembered: 1024,
  /** Being written; what comes meanwhile beyond it is told by the next pod. */
  writing: 16,
} as const;
