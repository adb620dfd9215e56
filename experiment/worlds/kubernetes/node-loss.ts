/** The nodes that carry the pods of a target, taken from them: see `node/` for what is done to each. */
import { assertNever } from '../../../core/assert-never.js';
import type { Change } from '../../file/planned-steps.js';
import type { KnownChange } from '../../world.js';
import type { Changer, Changing } from './changing.js';
import { nodeTarget } from './node/change-node.js';
import { cordon } from './node/cordon.js';
import { drain } from './node/drain.js';
import { isolate } from './node/isolate.js';
import { type NodeBefore, nodeBefore } from './node/node-before.js';
import type { Node } from './node/node-objects.js';
import { goneError, type NodeAction, type NodeRequest } from './node/node-request.js';
import { taint } from './node/taint.js';

export type NodeChange = Extract<Change, { readonly kind: 'cordon' | 'drain' | 'taint' | 'isolate' }>;

export const nodeLoss = ({ kind }: NodeChange): Changer => ({
  plan: async (pods, { api }) => {
    const names = [...new Set(pods.map(({ node }) => node).filter((node) => node !== ''))];
    return Promise.all(
      names.map(async (name) => {
        const node = await api.get<Node>(nodeTarget(name));
        if (node === null) throw goneError(name);
        return {
          subject: { kind: 'Node', name, uid: node.metadata.uid ?? '' },
          was: { ...nodeBefore(node) },
        };
      }),
    );
  },
  make: async (known, changing) =>
    actionOf(kind, changing).begin(changing.api, requestOf(known, changing), changing.clock.wallMs()),
  takeBack: async (known, changing) => actionOf(kind, changing).end(changing.api, requestOf(known, changing)),
});

function actionOf(kind: NodeChange['kind'], { clock }: Changing): NodeAction {
  switch (kind) {
    case 'cordon':
      return cordon;
    case 'drain':
      return drain({ clock, signal: new AbortController().signal });
    case 'taint':
      return taint;
    case 'isolate':
      return isolate();
    default:
      return assertNever(kind);
  }
}

const requestOf = ({ step, subject, was, endsAtMs }: KnownChange, { run }: Changing): NodeRequest => ({
  ...{ node: subject.name, run, step, untilMs: endsAtMs ?? 0 },
  // As it was written down.
  before: was as unknown as NodeBefore,
});
