/** For each kind of change, what carries it out: one that is forgotten does not compile. */
import { assertNever } from '../../../core/assert-never.js';
import type { Change } from '../../file/planned-steps.js';
import type { Changer } from './changing.js';
import { containerRestart } from './container-restart.js';
import { nodeLoss } from './node-loss.js';
import { podDeletion } from './pod-deletion.js';
import { workloadScaling } from './workload-scaling.js';

export function changerOf(change: Change): Changer {
  switch (change.kind) {
    case 'delete':
      return podDeletion(change.gracePeriodMs);
    case 'restart':
      return containerRestart(change.container);
    case 'scale':
      return workloadScaling(change.replicas);
    case 'cordon':
    case 'drain':
    case 'taint':
    case 'isolate':
      return nodeLoss(change);
    default:
      return assertNever(change);
  }
}
