/** By what names the nodes of a cluster know their images. */

/** What every pod has beside its containers. */
export const sandboxImage = 'localhost/havock8s-test/pods:1';

/** PostgreSQL, Patroni, Redis and etcd, on the nodes alone: `imagePullPolicy: Never`. */
export const databasesImage = 'localhost/havock8s-test/databases:1';

/** The operator CloudNativePG, which is the manager of its instances too. */
export const cloudNativePgImage = { name: 'localhost/havock8s-test/cloudnative-pg', tag: '1.27.0' } as const;
