/** The images that a cluster of ours is given. */

export interface ClusterImages {
  /** Archives of what seldom changes: what every pod needs, and the databases. */
  readonly lasting: readonly string[];
  /** Archive of havock8s, of this checkout. */
  readonly havock8s: string | null;
}

export async function clusterImages(_say: (line: string) => void): Promise<ClusterImages> {
  return { lasting: (process.env['HAVOCK8S_TRY_IMAGES'] ?? '').split(',').filter(Boolean), havock8s: null };
}
