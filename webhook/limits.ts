/** Every bound of the webhook. */
export const webhookLimits = {
  /** Volumes of one pod that are served: each takes four threads of the plane. */
  servedVolumes: 32,
  /** Fault annotations of one pod that are judged: the sidecar looks at no more. */
  faultAnnotations: 128,
} as const;
