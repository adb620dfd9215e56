/** Roles as live labels have them. */
import type { RoleLabel, RolePresetName } from '../../../file/role.js';
import { type LabelPreset, labelPresets } from './label-presets.js';
import type { PodRole, RoleAnswer } from './role.js';
import type { RolePod } from './role-pod.js';
import { hasOneOf } from './sign.js';

export function rolesByPreset(pods: readonly RolePod[], preset: RolePresetName): RoleAnswer {
  const row = labelPresets[preset];
  return {
    pods: new Map(pods.map((pod) => [pod.name, roleByPreset(pod, row)])),
    way: `label ${row.key} (${row.name})`,
    remarks: [],
  };
}

/** A label that a person has named. */
export function rolesByLabel(pods: readonly RolePod[], { key, primary, replica }: RoleLabel): RoleAnswer {
  const row: LabelPreset = {
    name: 'as named',
    key,
    primary: [primary],
    replica: replica === undefined ? 'absent' : [replica],
    signs: [],
  };
  const isOther = (value: string | undefined): boolean => replica === undefined && value !== primary;
  return {
    pods: new Map(
      pods.map((pod) => [
        pod.name,
        isOther(pod.labels[key]) ? known('replica', key, pod.labels[key]) : roleByPreset(pod, row),
      ]),
    ),
    way: `label ${key}`,
    remarks: [],
  };
}

function roleByPreset(
  pod: RolePod,
  { key, primary, replica, members, none = {}, absent }: LabelPreset,
): PodRole {
  const value = pod.labels[key];
  if (value === undefined) {
    if (replica === 'absent' && (members === undefined || hasOneOf(pod, members)))
      return known('replica', key, value);
    return without(`label ${key} is missing${absent === undefined ? '' : `: ${absent}`}`);
  }
  if (primary.includes(value)) return known('primary', key, value);
  if (replica !== 'absent' && replica.includes(value)) return known('replica', key, value);
  const why = none[value];
  return without(`${seenLabel(key, value)}${why === undefined ? '' : `: ${why}`}`);
}

const known = (kind: 'primary' | 'replica', key: string, value: string | undefined): PodRole => ({
  kind,
  from: 'label',
  seen: seenLabel(key, value),
  writable: null,
  group: null,
});

const without = (seen: string): PodRole => ({ kind: 'none', from: 'label', seen, isOther: false });

const seenLabel = (key: string, value: string | undefined): string =>
  value === undefined ? `label ${key} is missing` : `label ${key}=${value}`;
