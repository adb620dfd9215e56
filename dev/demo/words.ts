/** What each action proves, in words. */
import type { Proof } from './injector.js';
import { type CutOff, megabytes } from './replica/lag.js';

export function faultWords({ tallies: { matched, injected } }: Proof): string {
  if (injected === 0) return `never hit anything, though ${amount(matched)} operations matched`;
  return `hit ${amount(injected)} of ${amount(matched)} operations`;
}

/** A partition is decided for packets, which are lost; what else parts two databases, for connections, which are held. */
export function cutOffWords({ effect, tallies, traffic }: Proof, cutOff: CutOff): string {
  const { matched, injected } = tallies;
  const isOfPackets = effect === 'partition';
  const count = isOfPackets ? packets : connections;
  if (injected === 0) return `never hit anything, though ${count(matched)} matched`;
  const held = `held ${megabytes(traffic?.bytes.injected ?? 0)} of ${connections(injected)}`;
  const hit = isOfPackets ? `dropped ${packets(injected)}` : held;
  const behind = `replica ${megabytes(cutOff.mostBytes)} behind`;
  return `${hit}; ${behind}, ${howLevel(cutOff, isOfPackets ? 'connection' : 'one')}`;
}

export const killWords = (times: number): string => `started again ${amount(times)} times`;

function howLevel({ caughtUpMs, sameConnection }: CutOff, noun: string): string {
  if (caughtUpMs === null) return 'not level yet';
  return `level in ${shortTime(caughtUpMs)} on ${sameConnection ? 'the same' : 'a new'} ${noun}`;
}

const shortTime = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

const counted = (noun: string) => (count: number) => `${amount(count)} ${noun}${count === 1 ? '' : 's'}`;
const connections = counted('connection');
const packets = counted('packet');

const amount = (value: number): string => value.toLocaleString('en-US');
