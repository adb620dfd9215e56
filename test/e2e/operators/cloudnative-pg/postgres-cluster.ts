/**
 * A Cluster of CloudNativePG of three instances, on Debian's PostgreSQL, with a sidecar in each pod:
 *
 *     Cluster pg ─ operator ─► pods pg-1 ... pg-3, each with a claim ─► Service pg-rw: whoever has cnpg.io/instanceRole=primary
 */
import { annotation } from '../../../../core/keys.js';
import { databasesImage } from '../../../../dev/cluster/images/references.js';
import { secretReadable } from '../../experiments/library.js';
import { asksForSidecar } from '../../postgres/postgres-set.js';

export const name = 'pg';
export const instances = 3;
export const password = 'of-a-test';
export const cluster = `clusters.postgresql.cnpg.io/${name}`;
export const ofCluster = `cnpg.io/cluster=${name},cnpg.io/podRole=instance`;

/** User and group, in the databases' image. */
const postgres = 999;
const major = 15;
/** A catalog says which version an image has; without one its tag does. */
const catalog = { apiVersion: 'postgresql.cnpg.io/v1', kind: 'ImageCatalog', metadata: { name } };

export const postgresCluster = (storageClass: string | undefined): readonly object[] => [
  { ...catalog, spec: { images: [{ major, image: databasesImage }] } },
  {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'kubernetes.io/basic-auth' },
    stringData: { username: 'postgres', password },
  },
  ...secretReadable(name),
  {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name },
    spec: {
      instances,
      imageCatalogRef: { apiGroup: 'postgresql.cnpg.io', kind: 'ImageCatalog', name, major },
      imagePullPolicy: 'Never',
      ...{ postgresUID: postgres, postgresGID: postgres },
      ...{ enableSuperuserAccess: true, superuserSecret: { name } },
      inheritedMetadata: { annotations: { ...asksForSidecar, [annotation.volumes]: 'pgdata' } },
      storage: { size: '1Gi', ...(storageClass !== undefined && { storageClass }) },
    },
  },
];

/** A ready experiment, of this database. */
export const renamed = (text: string): string =>
  text.replaceAll('kind: StatefulSet', 'kind: Cluster').replaceAll('@pg-primary:', `@${name}-rw:`);
