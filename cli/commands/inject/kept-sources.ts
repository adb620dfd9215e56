/**
 * The text that an injection writes over, kept in the status annotation of the pods it belongs to, so that taking the
 * sidecar out again gives the manifest back byte for byte.
 */
import type { Operation } from 'fast-json-patch';
import { isObject, pointerOf, stepsOf, valueAt } from '../../../core/json.js';
import { annotation } from '../../../core/keys.js';
import type { Admission } from '../../../webhook/admission.js';
import { readStatus, writeStatus } from '../../../webhook/injection-status.js';
import type { ChangedText, PlacedWorkload } from '../../manifests/change-pods.js';
import { manifestLimits } from '../../manifests/manifest-limits.js';
import type { SourceText, SourceTexts } from '../../manifests/rewrite/source-text.js';

/** What the status of one workload's pods is to keep. */
export type SourcesFor = (workload: PlacedWorkload) => SourceTexts;

/** Null where it is more than an annotation should hold: then the values come back, written in another way. */
export function keptSources({ overwritten }: ChangedText): SourcesFor | null {
  const bytes = overwritten
    .flatMap((sources) => [...sources])
    .reduce((sum, [, { text }]) => sum + text.length, 0);
  if (bytes > manifestLimits.sourceCharacters) return null;
  // Some of it may stand outside every pod, so the first of a document keeps it all.
  const rest = [...overwritten];
  return ({ document }) => {
    const sources = rest[document] ?? new Map();
    delete rest[document];
    return sources;
  };
}

/** As the status that an injection by hand left says. */
export function sourcesOf(pod: unknown): SourceTexts {
  const text = valueAt(pod, statusPath);
  const status = typeof text === 'string' ? readStatus(text) : null;
  return new Map(
    status?.by === 'hand' ? (Object.entries(status.source ?? {}) as [string, SourceText][]) : [],
  );
}

/** A pod that was injected before keeps what it has: the text of then is what is to come back. */
export function withSources(
  pod: unknown,
  { patch, status }: Extract<Admission, { readonly kind: 'inject' }>,
  fresh: SourceTexts,
): readonly Operation[] {
  const known = sourcesOf(pod);
  const source = Object.fromEntries(known.size > 0 ? known : fresh);
  if (Object.keys(source).length === 0) return patch;
  const value = writeStatus({ ...status, source });
  const present = valueAt(pod, statusPath);
  return patch.flatMap((operation): readonly Operation[] => {
    if (operation.op !== 'add' && operation.op !== 'replace') return [operation];
    const inner = statusPath.slice(stepsOf(operation.path).length);
    const isStatus =
      pointerOf(statusPath).startsWith(operation.path) && valueAt(operation.value, inner) !== undefined;
    if (!isStatus) return [operation];
    return present === value ? [] : [{ ...operation, value: withValueAt(operation.value, inner, value) }];
  });
}

const statusPath = ['metadata', 'annotations', annotation.status];

/** The operation may bring in more than the status: what else it holds stays. */
function withValueAt(holder: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const kept = isObject(holder) ? holder : {};
  return { ...kept, [key]: withValueAt(kept[key], rest, value) };
}
