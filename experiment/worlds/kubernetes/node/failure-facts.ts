/**
 * What happens to a node and its pods while the node is lost, told from the objects as they change.
 *
 *     watched object ─► marks: what is so of it, each by a key ─ compared with those before ─► facts, dated
 *
 * Pure: an object may be shown twice; what was missed between two is told when the next is shown.
 */
import { type Mark, marksOf, nameOfSeen, type Seen } from './failure-marks.js';

export interface Fact {
  /** When it was seen. */
  readonly atMs: number;
  /** When it was so, as the object says, to the second; null where it does not say. */
  readonly stampedMs: number | null;
  readonly kind: FactKind;
  /** `node n1`, `pod shop/db-0`. */
  readonly subject: string;
  readonly message: string;
}

export type FactKind =
  | Mark['kind']
  | 'untainted'
  | 'uncordoned'
  | 'detached'
  | 'endpoint-removed'
  /** Terminating, though its grace is over: nobody on the node tells of its end. */
  | 'stuck'
  | 'gone';

/** What is known so far: the marks of each object. */
export interface FailureView {
  readonly objects: ReadonlyMap<string, KnownObject>;
}

interface KnownObject {
  readonly subject: string;
  readonly marks: ReadonlyMap<string, Mark>;
  /** When a deleted pod is to be gone at the latest; null: it is not deleted, or was told to be stuck. */
  readonly dueMs: number | null;
}

export const nothingSeen: FailureView = { objects: new Map() };

/** A kubelet that is there has told of a pod's end by then. */
const stuckAfterMs = 5_000;

/** The first sight of an object tells nothing: so it was before. But one that is new was not. */
export function seeFailure(
  view: FailureView,
  seen: Seen,
  nowMs: number,
): { readonly view: FailureView; readonly facts: readonly Fact[] } {
  const { key, subject } = nameOfSeen(seen);
  const before = view.objects.get(key);
  const objects = new Map(view.objects);
  if (seen.isDeleted) {
    objects.delete(key);
    const last = [...(before?.marks.values() ?? [])].flatMap((mark) => ended(mark));
    const gone = seen.kind === 'pod' ? [{ kind: 'gone' as const, message: 'is gone', stampedMs: null }] : [];
    return { view: { objects }, facts: dated([...last, ...gone], subject, nowMs) };
  }
  const marks = marksOf(seen);
  // Told to be stuck already: not again.
  const dueMs = before?.marks.has('deleted') ? before.dueMs : (marks.get('deleted')?.dueMs ?? null);
  objects.set(key, { subject, marks, dueMs });
  const known = before?.marks ?? (seen.isNew ? new Map<string, Mark>() : marks);
  const begun = [...marks].filter(([name, { value }]) => known.get(name)?.value !== value);
  const over = [...known].filter(([name]) => !marks.has(name));
  const facts = [...over.flatMap(([, mark]) => ended(mark)), ...begun.map(([, mark]) => mark)];
  return { view: { objects }, facts: dated(facts, subject, nowMs) };
}

/** Pods that should be gone and are not: told once each. To be asked now and then, since nothing changes when it is so. */
export function stuckPods(
  view: FailureView,
  nowMs: number,
): { readonly view: FailureView; readonly facts: readonly Fact[] } {
  const objects = new Map(view.objects);
  const facts: Fact[] = [];
  for (const [key, known] of view.objects) {
    const { dueMs, subject } = known;
    if (dueMs === null || nowMs < dueMs + stuckAfterMs) continue;
    objects.set(key, { ...known, dueMs: null });
    const message = `is still Terminating ${Math.round((nowMs - dueMs) / 1000)} s after the end of its grace`;
    facts.push({ atMs: nowMs, stampedMs: dueMs, kind: 'stuck', subject, message });
  }
  return { view: { objects }, facts };
}

type Undated = Pick<Fact, 'kind' | 'message' | 'stampedMs'>;

const dated = (facts: readonly Undated[], subject: string, atMs: number): readonly Fact[] =>
  facts.map(({ kind, message, stampedMs }) => ({ atMs, stampedMs, kind, subject, message }));

/** What the end of some marks is; that of others is told by the mark that takes their place. */
const ends: Readonly<Partial<Record<Mark['kind'], FactKind>>> = {
  tainted: 'untainted',
  cordoned: 'uncordoned',
  attached: 'detached',
  'endpoint-added': 'endpoint-removed',
  'endpoint-not-ready': 'endpoint-removed',
};

function ended({ kind, message }: Mark): readonly Undated[] {
  const end = ends[kind];
  return end === undefined ? [] : [{ kind: end, message: `no longer: ${message}`, stampedMs: null }];
}
