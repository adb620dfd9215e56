/** Every bound of the webhook. */
export const webhookLimits = {
  /** Volumes of one pod that are served: the sidecar takes no more. */
  servedVolumes: 31,
  /** Fault annotations of one pod that are judged: the sidecar looks at no more. */
  faultAnnotations: 128,
} as const;
