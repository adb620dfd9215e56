/** Every bound of learning roles. */
export const roleLimits = {
  /** One pod's database, from connecting to the answer. */
  answerMs: 2_000,
  /** Pods that are asked at once. */
  atOnce: 16,
} as const;
