/** Takes the right to write certificates from the webhook, as a slip in RBAC or a policy engine would; and gives it back. */

import type { Kubectl } from '../../../dev/cluster/kubectl.js';
import type { PolicyRule } from '../../manifests/rbac-audit.js';
import { system, webhook } from '../installation.js';

const writing: ReadonlySet<string> = new Set(['create', 'update', 'patch']);
/** The Lease stays: there is a leader, which cannot write. */
const certificates: ReadonlySet<string> = new Set([
  'secrets',
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
]);

export async function mayWriteNoMore(kubectl: Kubectl): Promise<void> {
  for (const role of [
    ['role', webhook, `--namespace=${system}`],
    ['clusterrole', webhook],
  ]) {
    const { rules } = await kubectl.json<{ rules: readonly PolicyRule[] }>(['get', ...role]);
    const patch = JSON.stringify({ rules: rules.flatMap(withoutWriting) });
    await kubectl.succeed(['patch', ...role, '--type=merge', `--patch=${patch}`]);
  }
}

export async function mayWrite(kubectl: Kubectl): Promise<void> {
  await kubectl.succeed(['apply', '--kustomize=manifests/base']);
}

function withoutWriting(rule: PolicyRule): readonly PolicyRule[] {
  if (!rule.resources.some((resource) => certificates.has(resource))) return [rule];
  const verbs = rule.verbs.filter((verb) => !writing.has(verb));
  return verbs.length === 0 ? [] : [{ ...rule, verbs }];
}
