/** AdmissionReviews as the API server writes them. */
import { annotation } from '../../../core/keys.js';

type Fields = Readonly<Record<string, unknown>>;

export const uid = '705ab4f5-6393-11e8-b7cc-42010a800002';

export const requestOf = (object: unknown, fields: Fields = {}): Fields => ({
  uid,
  kind: { group: '', version: 'v1', kind: 'Pod' },
  resource: { group: '', version: 'v1', resource: 'pods' },
  namespace: 'shop',
  operation: 'CREATE',
  object,
  oldObject: null,
  ...fields,
});

export const documentOf = (request: unknown, fields: Fields = {}): Fields => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request,
  ...fields,
});

export const reviewOf = (object: unknown, fields: Fields = {}): string =>
  JSON.stringify(documentOf(requestOf(object, fields)));

export const podOf = (annotations: Fields = { [annotation.inject]: 'true' }, spec: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'db-0', namespace: 'shop', annotations },
  spec: {
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }],
    containers: [
      {
        name: 'postgres',
        image: 'postgres:17',
        ports: [{ containerPort: 5432, protocol: 'TCP' }],
        volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql' }],
      },
    ],
    ...spec,
  },
});

export interface ReviewResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly patch?: string;
  readonly patchType?: string;
  readonly warnings?: readonly string[];
  readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
}

export function responseIn(text: string): ReviewResponse {
  const { apiVersion, kind, response } = JSON.parse(text);
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview') throw new Error(text);
  return response;
}
