/** Reasons as people read them, in warnings and events alike. */
import { type Note, noteReasons, type SkipCode, skipReasons } from './reasons.js';

export const skipSentence = (reason: SkipCode, detail = ''): string =>
  `havock8s puts no sidecar into this pod: ${skipReasons[reason]}${detail === '' ? '' : ` (${detail})`}`;

/** A code of another version has no sentence here, and stands for itself. */
export const noteSentence = ({ code, subject }: Note): string =>
  `havock8s leaves ${subject === '' ? 'a part of this pod' : subject} as it is: ${Object.hasOwn(noteReasons, code) ? noteReasons[code] : code}`;
