/**
 * The downward API's file of the pod's annotations, read purely: one `key="quoted value"` a line.
 *
 *     fault.havock8s.io/slow-wal="disk latency 200ms on fsync in pg_wal/** for 5m"
 *     kubernetes.io/config.source="api"
 *
 * A file caught in the middle of an edit has torn lines. What is whole is kept; a torn line never becomes a
 * fault, because its closing quote is missing. Of lines that are not about faults nothing is repeated: the file may be
 * somebody else's.
 */

import { faultPrefix } from '../../../core/keys.js';
import { faultNameRule, isFaultName } from '../../../faults/fault-name.js';
import { registryLimits } from '../registry-limits.js';
import { unquoteGo } from './go-quoted.js';

/** What one look at the file said. Only `read` tells that an annotation was removed; the others say nothing of any. */
export type AnnotationsReading =
  | AnnotationsRead
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly code: string; readonly message: string };

export interface AnnotationsRead {
  readonly kind: 'read';
  /** In the file's order, each name once. */
  readonly faults: readonly FaultAnnotation[];
  readonly problems: readonly LineProblem[];
}

/** `sentence` is null where the line was torn: the fault is meant, but not what it should be. */
export interface FaultAnnotation {
  readonly name: string;
  readonly sentence: string | null;
}

export interface LineProblem {
  /** From 1. */
  readonly line: number;
  readonly code: 'bad-line' | 'bad-value' | 'bad-name' | 'key-twice' | 'too-many-annotations';
  readonly message: string;
}

/** Never throws, whatever the text. */
export function parseAnnotations(text: string): AnnotationsRead {
  const faults = new Map<string, FaultAnnotation>();
  const problems: LineProblem[] = [];
  text.split('\n').forEach((raw, index) => {
    const { fault, problem } = readLine(raw.endsWith('\r') ? raw.slice(0, -1) : raw, index + 1, faults);
    if (problem !== undefined && problems.length < registryLimits.lineProblems) problems.push(problem);
    if (fault !== undefined) faults.set(fault.name, fault);
  });
  return { kind: 'read', faults: [...faults.values()], problems };
}

interface Line {
  readonly fault?: FaultAnnotation;
  readonly problem?: LineProblem;
}

function readLine(text: string, line: number, known: ReadonlyMap<string, FaultAnnotation>): Line {
  if (text.trim() === '') return {};
  const equals = text.indexOf('=');
  if (equals <= 0) return { problem: { line, code: 'bad-line', message: 'expected key="value"' } };
  const key = text.slice(0, equals);
  const value = unquoteGo(text.slice(equals + 1));
  const torn: Line =
    value === null
      ? {
          problem: {
            line,
            code: 'bad-value',
            message: `the value of ${key.startsWith(faultPrefix) ? excerpt(key) : 'another key'} is not a whole quoted string`,
          },
        }
      : {};
  if (!key.startsWith(faultPrefix)) return torn;
  return { ...torn, ...readFault(key.slice(faultPrefix.length), { value, line, known }) };
}

interface FaultLine {
  readonly value: string | null;
  readonly line: number;
  readonly known: ReadonlyMap<string, FaultAnnotation>;
}

function readFault(name: string, { value, line, known }: FaultLine): Line {
  if (!isFaultName(name)) {
    return {
      problem: { line, code: 'bad-name', message: `${excerpt(faultPrefix + name)}: ${faultNameRule}` },
    };
  }
  const fault = { name, sentence: value };
  if (known.has(name)) {
    return {
      fault,
      problem: { line, code: 'key-twice', message: `${faultPrefix}${name} is there twice, the later counts` },
    };
  }
  if (known.size < registryLimits.annotations) return { fault };
  const message = `more than ${registryLimits.annotations} faults, ${name} is not looked at`;
  return { problem: { line, code: 'too-many-annotations', message } };
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
