/** Which files' reads an armed fault looks at: these must not be served from the page cache. */
import { type CompiledPlan, isOn } from '../../faults/compile.js';
import type { Paths } from './paths.js';

export function readsAreFaulted(plan: CompiledPlan, volume: string, slot: number, paths: Paths): boolean {
  if (!plan.touches('read')) return false;
  const path = plan.needsPath('read') ? paths.of(slot) : '';
  const operation = {
    plane: 'disk',
    verb: 'read',
    volume,
    path,
    modifies: false,
    offset: 0,
    bytes: 0,
  } as const;
  return plan.reaching(operation).some((fault) => isOn(fault, volume));
}
