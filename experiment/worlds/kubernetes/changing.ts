/** Something that a step does to pods, their workloads or nodes: in three parts, each of which may be done twice. */
import type { Clock } from '../../../core/clock.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import type { KnownChange, PlannedChange } from '../../world.js';
import type { PodView } from './pod-view.js';
import type { OwnersOf } from './resolve-targets.js';

/** What it is done with. */
export interface Changing {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly run: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly ownersOf: OwnersOf;
  /** As the pod is known now; undefined: it is gone, or another has its name. */
  readonly podOf: (planned: PlannedChange) => PodView | undefined;
}

export interface Changer {
  /** What it would be done to, each as it is. Rejects where it cannot be done, with what to do about it. */
  plan(pods: readonly PodView[], changing: Changing): Promise<readonly PlannedChange[]>;
  /** Resolves with what came of it, in a few words. */
  make(known: KnownChange, changing: Changing): Promise<string>;
  takeBack(known: KnownChange, changing: Changing): Promise<string>;
}

export const podSubject = ({ name, uid }: PodView): PlannedChange['subject'] => ({ kind: 'Pod', name, uid });

/** Of what cannot be taken back. */
export const nothingToTakeBack = async (): Promise<string> => 'there is nothing to take back';
