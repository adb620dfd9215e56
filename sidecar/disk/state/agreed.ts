/** Which features INIT settled on; kept in the state, since the kernel says it once in a mount's life. */
import { type Feature, feature } from '../wire/flags.js';
import { field, type VolumeState } from './volume-state.js';

export function agreed({ header }: VolumeState, name: Feature): boolean {
  const word = header[feature[name] < 32 ? field.flags : field.flags2] ?? 0;
  return (word & (1 << (feature[name] & 31))) !== 0;
}
