/** What a fault did, in words. */
import type { ShownFault } from '../../cli/client/answers.js';

export function hitWords({ effect, tallies: { matched, injected } }: ShownFault): string {
  const isOfPackets = effect === 'partition';
  if (injected === 0) return `never hit anything, though ${amount(matched)} matched`;
  return isOfPackets
    ? `dropped ${amount(injected)} packets`
    : `hit ${amount(injected)} of ${amount(matched)} operations`;
}

const amount = (value: number): string => value.toLocaleString('en-US');
