/** Each fault has dice of its own: the same sidecar seed and name roll the same, whatever else is armed. */
import type { Fault } from '../../faults/fault.js';

/** 32 bits. */
export function faultSeed(fault: Fault, name: string, sidecarSeed: number): number {
  return fault.seed ?? fnv1a(`${sidecarSeed}/${name}`);
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
