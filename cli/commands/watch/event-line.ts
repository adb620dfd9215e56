/** An event of a fault in one line. */

import { assertNever } from '../../../core/assert-never.js';
import { printable } from '../../../core/printable.js';
import type { ShownEvent } from '../../client/answers.js';

export function eventLine({ at, kind, name, sentence, reason, tallies }: ShownEvent): string {
  const said = `${at} ${printable(name)} ${words[kind]}`;
  switch (kind) {
    case 'armed':
    case 'refused':
      return `${said}: ${printable(sentence)}`;
    case 'hit':
      return said;
    case 'expired':
    case 'disarmed':
      return `${said}${reason === null || reason === 'asked' ? '' : ` (${reason})`}, ${result(tallies)}`;
    default:
      return assertNever(kind);
  }
}

const words = {
  armed: 'armed',
  hit: 'hit for the first time',
  expired: 'expired',
  disarmed: 'disarmed',
  refused: 'refused',
} as const;

function result(tallies: ShownEvent['tallies']): string {
  if (tallies === null || tallies.injected === 0) return 'and never hit anything';
  return `${tallies.matched} matched, ${tallies.injected} injected`;
}
