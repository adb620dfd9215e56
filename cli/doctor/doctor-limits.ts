/** Every bound of `havock8s doctor`: nothing that it looks at may hold it up. */
export const doctorLimits = {
  /** A program that is asked: `nft`, `ip`, `unshare`. */
  childMs: 4000,
  childBytes: 4 * 1024 * 1024,
  /** A mount that does not answer by then hangs. One whose fault proxy is started again waits for less than a second. */
  mountMs: 3000,
  /** One question to the API server, and the most that its answer may be. */
  kubectlMs: 6000,
  kubectlBytes: 96 * 1024 * 1024,
  kubectlAtOnce: 4,
  /** Of one list. */
  objects: 5000,
  namespaces: 200,
  /** One check, whatever it asks. With one question to the API server before, all of it takes 14 s. */
  checkMs: 8000,
  /** Findings of one check that are shown one by one. */
  findings: 40,
} as const;
