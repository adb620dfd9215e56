/** Which cluster, and whose pods of it. */
export interface ClusterFlags {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}
