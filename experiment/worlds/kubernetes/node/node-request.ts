/** What is asked of a node: the same for all that can be done to one. */
import { HavocError } from '../../../../core/havoc-error.js';
import type { KubeApi } from '../../../../kube/kube-api.js';
import type { NodeBefore } from './node-before.js';
import type { RunReference } from './node-objects.js';

export interface NodeRequest {
  readonly node: string;
  readonly run: RunReference;
  readonly step: string;
  /** When it ends, of the Unix epoch, by the clock of whoever asks. */
  readonly untilMs: number;
  /** Stored before anything is done. */
  readonly before: NodeBefore;
}

/**
 * `absent`: nothing of the request is there. `beginning`: it is there, and its effect is not seen yet. `ineffective`: it is
 * there, and something keeps it from having an effect.
 */
export type NodeActionState = 'absent' | 'beginning' | 'in-force' | 'ineffective';

/** Each is idempotent, and resolves with what it did, for people. */
export interface NodeAction {
  /** Rejects with node.gone or node.taken, and with node.too-late when the time is over. */
  begin(api: KubeApi, request: NodeRequest, nowMs: number): Promise<string>;
  state(api: KubeApi, request: NodeRequest): Promise<NodeActionState>;
  /** Puts back what was so before, and leaves alone what somebody else has changed meanwhile. */
  end(api: KubeApi, request: NodeRequest): Promise<string>;
}

export const goneError = (node: string): HavocError =>
  new HavocError(
    'node.gone',
    `there is no node ${node}, or another one of that name; name one of kubectl get nodes`,
  );

/** Nothing is done, and so nothing can be said of what it would have done. */
export const lateError = (node: string): HavocError =>
  new HavocError(
    'node.too-late',
    `nothing was done to node ${node}, for the time of the step was over; let the step last longer`,
  );

export const takenError = (node: string, what: string): HavocError =>
  new HavocError('node.taken', `node ${node} is ${what}; wait for its end, or stop that run`);
