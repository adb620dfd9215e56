/** Every bound of the webhook. */
export const webhookLimits = {
  /** Volumes of one pod that are served: the sidecar takes no more. */
  servedVolumes: 31,
  /** Fault annotations of one pod that are judged: the sidecar looks at no more. */
  faultAnnotations: 128,
  /** What a pod may have to be looked at: ten times what any that runs has. A larger one is left alone before it costs time. */
  containers: 256,
  volumes: 1024,
  mounts: 4096,
  /** Ports of one pod that are intercepted, in each direction. */
  ports: 512,
  /** What of one pod is left alone and why: so many notes, the rest goes unsaid. */
  notes: 64,
  /** Of a name or value that is shown or written into the status, in characters. */
  subjectLength: 512,
  /** Of all annotations of an object together, keys and values (`TotalAnnotationSizeLimitB` of Kubernetes). */
  annotationBytes: 256 * 1024,
} as const;
