/**
 * Who wrote a field of a node last, as the API server remembers: a person who uncordons a node and cordons it again, while an
 * experiment has it cordoned, wants it cordoned.
 */
import type { KubeObject } from '../../../../kube/kube-object.js';

/** As the API server makes it of the User-Agent of our calls. */
const ownManager = 'havock8s';

interface FieldsEntry {
  readonly manager?: string;
  readonly fieldsV1?: { readonly 'f:spec'?: Readonly<Record<string, unknown>> };
}

/** Null where nobody is remembered. */
export function writtenBy({ metadata }: KubeObject, field: string): 'us' | 'others' | null {
  const entries: readonly FieldsEntry[] =
    'managedFields' in metadata && Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  const writers = entries
    .filter(({ fieldsV1 }) => fieldsV1?.['f:spec']?.[`f:${field}`] !== undefined)
    .map(({ manager }) => manager);
  if (writers.length === 0) return null;
  return writers.includes(ownManager) ? 'us' : 'others';
}
