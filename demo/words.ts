/** What each act proves, in words. */
import type { Proof } from './injector.js';
import { type CutOff, megabytes } from './replica/lag.js';

export function faultWords({ tallies: { matched, injected } }: Proof): string {
  if (injected === 0) return `never hit anything, though ${amount(matched)} operations matched`;
  return `hit ${amount(injected)} of ${amount(matched)} operations`;
}

export function cutOffWords({ tallies: { matched, injected }, traffic }: Proof, cutOff: CutOff): string {
  if (injected === 0) return `never held anything, though ${connections(matched)} matched`;
  const held = megabytes(traffic?.bytes.injected ?? 0);
  const behind = `replica ${megabytes(cutOff.mostBytes)} behind`;
  return `held ${held} of ${connections(injected)}; ${behind}, ${howLevel(cutOff)}`;
}

export const killWords = (times: number): string => `started again ${amount(times)} times`;

function howLevel({ caughtUpMs, sameConnection }: CutOff): string {
  if (caughtUpMs === null) return 'not level yet';
  return `level in ${shortTime(caughtUpMs)} on ${sameConnection ? 'the same one' : 'a new one'}`;
}

const shortTime = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

const connections = (count: number): string =>
  `${amount(count)} ${count === 1 ? 'connection' : 'connections'}`;

const amount = (value: number): string => value.toLocaleString('en-US');
