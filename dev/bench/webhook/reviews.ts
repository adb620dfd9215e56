/** The reviews that the webhook is asked for, as the bytes of a request; review.yaml has the pod. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { faultPrefix } from '../../../core/keys.js';

/** Many settings of the database in its environment, as some pods have them, and what the reviews weigh then, about. */
export type PodSize = 'usual' | 'large';
const settings: Readonly<Record<PodSize, number>> = { usual: 20, large: 1619 };

const file = fileURLToPath(new URL('../../../../dev/bench/webhook/review.yaml', import.meta.url));

/** The AdmissionReview of the pod's creation: 12 KiB, or 300 KiB. */
export const reviewOf = (size: PodSize): Buffer => Buffer.from(JSON.stringify(creationOf(size)));

/** The AdmissionReview of a fault being annotated. */
export function annotatedReviewOf(size: PodSize): Buffer {
  const review = creationOf(size);
  const { request } = review;
  const object = structuredClone(request.object);
  object.metadata.annotations[`${faultPrefix}slow-wal`] =
    'disk latency 200ms jitter 50ms on fsync in pg_wal/** chance 30% for 5m';
  return Buffer.from(
    JSON.stringify({
      ...review,
      request: { ...request, operation: 'UPDATE', oldObject: request.object, object },
    }),
  );
}

interface Review {
  readonly request: { readonly object: Pod };
}

interface Pod {
  readonly metadata: {
    readonly annotations: Record<string, string>;
    readonly managedFields: readonly { readonly fieldsV1: FieldsV1 }[];
  };
  readonly spec: { readonly containers: readonly { readonly env: object[] }[] };
}

interface FieldsV1 {
  readonly 'f:spec': {
    readonly 'f:containers': Record<string, { readonly 'f:env': Record<string, object> }>;
  };
}

/** Each setting is two lines of the managed fields as well: a large part of what a large pod weighs. */
function creationOf(size: PodSize): Review {
  const review = parse(readFileSync(file, 'utf8')) as Review;
  const { metadata, spec } = review.request.object;
  const fields = metadata.managedFields[0]!.fieldsV1['f:spec']['f:containers']['k:{"name":"postgresql"}']!;
  for (let index = 0; index < settings[size]; index += 1) {
    const name = `POSTGRESQL_SETTING_${index}`;
    const value = `shared-value-of-${index}.orders-postgresql-hl.shop.svc.cluster.local`;
    spec.containers[0]!.env.push({ name, value });
    fields['f:env'][`k:{"name":"${name}"}`] = { '.': {}, 'f:name': {}, 'f:value': {} };
  }
  return review;
}
