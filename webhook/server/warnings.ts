/**
 * What the person who creates a pod is shown beside the answer. The API server sends each warning as a header: it drops
 * one with a control character, and shortens all once they are too many.
 */
import { printable } from '../../core/printable.js';
import type { Admission } from '../admission.js';
import { noteSentence, skipSentence } from '../sentences.js';
import { warningLimits } from './limits.js';

/** Of a pod that nobody asked for, none: most pods of a namespace. */
export function admissionWarnings(admission: Admission): readonly string[] {
  const notes = admission.notes.map(noteSentence);
  if (admission.kind === 'inject') return bounded(notes);
  if (admission.reason === 'not-asked') return [];
  return bounded([skipSentence(admission.reason, admission.detail), ...notes]);
}

/** Each as it may be sent, and no more than are shown whole. */
export function bounded(sentences: readonly string[]): readonly string[] {
  const { count } = warningLimits;
  if (sentences.length <= count) return sentences.map(asWarning);
  const more = `havock8s has ${sentences.length - count + 1} more to say; its log tells`;
  return [...sentences.slice(0, count - 1), more].map(asWarning);
}

/** Counted in characters, as the API server does. */
function asWarning(sentence: string): string {
  const text = printable(sentence);
  if (text.length <= warningLimits.runes) return text;
  const runes = [...text];
  return runes.length <= warningLimits.runes ? text : `${runes.slice(0, warningLimits.runes - 1).join('')}…`;
}
