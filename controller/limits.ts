/** Bounds of the controller that no file sets. */
const second = 1000;
const kibibyte = 1024;

export const controllerLimits = {
  /** Measurements that succeeded are written so often; whatever a decision may rest on is written at once. */
  writeEveryMs: 5 * second,
  /** Of the journal in its ConfigMap, which Kubernetes bounds to 1 MiB. Beyond it successes are left out, and counted. */
  journalBytes: 700 * kibibyte,
  /** Parts of a journal, before they are made one. */
  journalParts: 64,
  /** The API server is asked again for so long before the run is laid aside. */
  writePatienceMs: 30 * second,
  /** The status follows the journal, at most so often. */
  statusEveryMs: second,
  /** Without a journal all that may be armed ends by itself, or is waited for so long. */
  letGoMs: 30 * second,
  /** So often it is looked whether something is overdue on a node. */
  sweepEveryMs: 30 * second,
  /**
   * Runs that go on at the same time; others wait for their turn. Of 500 at once among 10,000 pods the sidecars were not asked in
   * time; of 150 among 3,000 all were, on two processors.
   */
  runs: 150,
  /** Targets and faults that the status names. */
  statusItems: 50,
  statusMessage: 2000,
} as const;
