/**
 * The roles of a target's pods, learnt as its file says, or by the first way that can say anything:
 *
 *     a live label that is known ─► an operator's own object ─► the database itself ─► unknown, and why
 */
import { assertNever } from '../../../../core/assert-never.js';
import type { Clock } from '../../../../core/clock.js';
import type { KubeApi } from '../../../../kube/kube-api.js';
import type { RoleSpec } from '../../../file/role.js';
import { type RoleSecrets, rolesByDatabase } from './by-database.js';
import { rolesByLabel, rolesByPreset } from './by-label.js';
import { rolesByOperator } from './by-operator.js';
import { presetOf } from './label-presets.js';
import { type RoleAnswer, type RoleReading, readingOf, sameForAll, unknownRole } from './role.js';
import type { RolePod } from './role-pod.js';
import { staticLabelOf } from './static-labels.js';

export interface RoleQuestion {
  readonly role: RoleSpec;
  readonly pods: readonly RolePod[];
  /** Of the pods, and of the objects of their operator. */
  readonly namespace: string;
  readonly secrets: RoleSecrets;
}

export interface RoleAsking {
  readonly api: Pick<KubeApi, 'get'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Never rejects: what could not be learnt is `unknown`, with the reason. */
export async function readRoles(question: RoleQuestion, asking: RoleAsking): Promise<RoleReading> {
  return readingOf(await answerBy(question, asking));
}

async function answerBy(question: RoleQuestion, asking: RoleAsking): Promise<RoleAnswer> {
  const { role, pods } = question;
  switch (role.by) {
    case 'label':
      return byLabel(question) ?? nothing(pods, unrecognised(pods));
    case 'operator':
      return (await byOperator(question, asking)) ?? nothing(pods, noOperator);
    case 'database':
      return (await byDatabase(question, asking)) ?? nothing(pods, noDatabase);
    case 'auto':
      return (
        byLabel(question) ??
        (await byOperator(question, asking)) ??
        (await byDatabase(question, asking)) ??
        nothing(pods, unrecognised(pods))
      );
    default:
      return assertNever(role.by);
  }
}

function byLabel({ role: { label, preset }, pods }: RoleQuestion): RoleAnswer | null {
  if (label !== undefined) {
    const fixed = staticLabelOf(pods, label.key);
    return fixed === null
      ? rolesByLabel(pods, label)
      : nothing(pods, `${fixed.message}; ${wayOut(fixed.ask)}`);
  }
  const recognised = preset ?? presetOf(pods);
  return recognised === null ? null : rolesByPreset(pods, recognised);
}

const byOperator = (
  { pods, namespace }: RoleQuestion,
  { api, clock }: RoleAsking,
): Promise<RoleAnswer | null> => rolesByOperator(pods, { api, clock, namespace });

async function byDatabase(
  { role: { database }, pods, secrets }: RoleQuestion,
  { clock, signal }: RoleAsking,
): Promise<RoleAnswer | null> {
  if (database === undefined) return null;
  const answer = await rolesByDatabase(pods, database, { clock, signal, secrets });
  const fixed = staticLabelOf(pods);
  return fixed === null ? answer : { ...answer, remarks: [`${fixed.message}; asked the database instead`] };
}

const nothing = (pods: readonly RolePod[], why: string): RoleAnswer => ({
  pods: sameForAll(
    pods.map(({ name }) => name),
    unknownRole(why),
  ),
  way: 'no way',
  remarks: [],
});

/** Why no label says a role: one that only looks like it, one that could be of several, or none. */
function unrecognised(pods: readonly RolePod[]): string {
  const fixed = staticLabelOf(pods);
  if (fixed !== null) return `${fixed.message}; ${wayOut(fixed.ask)}`;
  const bare = pods.map(({ labels }) => labels['role']).find((value) => value !== undefined);
  if (bare !== undefined)
    return `label role=${bare} may be of Patroni, of Dragonfly or of anybody; expected preset: NAME, or label: { key: role, primary: ${bare} } where it follows the role in a failover`;
  return `no label of theirs is known to follow the role; ${wayOut('postgres')}, or label: { key, primary }`;
}

const wayOut = (kind: string | null): string =>
  kind === null
    ? 'expected label: { key, primary }, one that follows the role'
    : `expected a way to ask, such as database: { kind: ${kind}, user, passwordSecret: { name, key } }`;

const noOperator =
  'they belong to no operator whose objects are read: CloudNativePG, mariadb-operator, etcd-operator, Patroni; expected by: database, or by: label';
const noDatabase =
  'nothing says how the database is asked; expected database: { kind, user, passwordSecret }';
