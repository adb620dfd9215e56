/** Which run has which pods: two at the same pod would judge each other's faults. Whoever claimed first has it. */

export class RunClaims {
  /** In the order in which they were made. */
  readonly #claims = new Map<string, ReadonlySet<string>>();

  /** `pods`: their UIDs. A run that claims again keeps its place. */
  claim(run: string, pods: Iterable<string>): void {
    this.#claims.set(run, new Set(pods));
  }

  release(run: string): void {
    this.#claims.delete(run);
  }

  /** Of those that claimed before this run: by UID of the pod, the run's name. */
  before(run: string): ReadonlyMap<string, string> {
    const claimed = new Map<string, string>();
    for (const [other, pods] of this.#claims) {
      if (other === run) break;
      for (const pod of pods) claimed.set(pod, other);
    }
    return claimed;
  }
}
