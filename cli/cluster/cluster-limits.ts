/** Every bound of what commands ask of a cluster and of the sidecars of its pods. */
export const clusterLimits = {
  /** Sidecars that are asked at once. */
  readsAtOnce: 16,
  /** One sidecar, by all the ways that there are. */
  readMs: 2000,
  /** So long a change of an annotation is waited for until the sidecar has it: the kubelet may take a second. */
  confirmMs: 5000,
  /** Between two looks at a sidecar that is waited for. */
  confirmPollMs: 100,
  /** Between two looks of `watch` at all sidecars. */
  watchMs: 1000,
  /** Between two looks at a run that is followed, where its watch tells nothing. */
  followMs: 2000,
  /** So soon a controller takes up a new run. */
  takenUpMs: 20_000,
  /** So long a run that was told to stop is waited for. */
  stoppingMs: 300_000,
  /** A dry run, from its making to its verdict. */
  dryRunMs: 60_000,
  /** Beyond all limits that a run has itself, before it is told to stop. */
  overdueMs: 600_000,
  /** Names that are told where one is not known. */
  namesTold: 8,
} as const;
