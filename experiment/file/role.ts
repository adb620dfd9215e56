/**
 * Which of its pods a target means, by their role in the database, and how that is learnt.
 *
 *     role: { is: primary, follow: true }
 *     role: { is: replica, by: database, database: { kind: postgres, user: app, passwordSecret: { name: pg, key: password } } }
 */
import * as z from 'zod';

/** Who sets the labels; what they are stands in worlds/kubernetes/roles/label-presets.ts. */
export const rolePresetNames = [
  'cloudnative-pg',
  'zalando',
  'crunchy',
  'kubeblocks',
  'mysql-operator',
  'mariadb-operator',
  'percona-mysql',
  'moco',
  'ot-redis',
  'spotahome-redis',
  'dragonfly',
  'bitnami-redis-sentinel',
  'patroni',
] as const;

export type RolePresetName = (typeof rolePresetNames)[number];

export const roleDatabaseKinds = ['postgres', 'mysql', 'redis', 'etcd', 'mongodb'] as const;

export type RoleDatabaseKind = (typeof roleDatabaseKinds)[number];

const text = z.string().min(1).max(253);
/** As Kubernetes has them: at most 63 characters behind an optional prefix. */
const labelKey = z
  .string()
  .max(317)
  .regex(/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/)
  .describe('the key of a label, such as cnpg.io/instanceRole');
const labelValue = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/)
  .describe('the value of a label');

const secretKey = z
  .strictObject({ name: text, key: text })
  .describe('a key of a Secret: its name and its key');

const label = z.strictObject({
  key: labelKey,
  primary: labelValue,
  replica: labelValue
    .exactOptional()
    .describe('the value of replicas; without it all pods that are not the primary are replicas'),
});

const tls = z.strictObject({
  caSecret: secretKey.exactOptional(),
  clientSecret: text.exactOptional().describe('a Secret of type kubernetes.io/tls'),
  serverName: text.exactOptional().describe('the name in the certificate; pods are asked by their addresses'),
  insecureSkipVerify: z.boolean().default(false),
});

const database = z
  .strictObject({
    kind: z.enum(roleDatabaseKinds),
    port: z.int().min(1).max(65_535).exactOptional().describe('a port from 1 to 65535'),
    user: text.exactOptional(),
    passwordSecret: secretKey.exactOptional(),
    database: text.exactOptional().describe('a database that the user may connect to'),
    tls: tls.exactOptional(),
  })
  .superRefine(({ kind, user, passwordSecret, database: name }, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (kind === 'mongodb' && (user !== undefined || passwordSecret !== undefined))
      refuse(
        user === undefined ? 'passwordSecret' : 'user',
        'MongoDB says its role to everybody; leave it out',
      );
    if ((kind === 'postgres' || kind === 'mysql') && user === undefined)
      context.addIssue({
        code: 'custom',
        message: `does not say who asks; expected user, an account of the database`,
      });
    if (name !== undefined && kind !== 'postgres')
      refuse('database', 'only PostgreSQL is asked in one of its databases');
  });

export const roleSchema = z
  .strictObject({
    is: z
      .enum(['primary', 'replica', 'leader', 'any'])
      .describe('one of primary, replica, leader (another word for primary), any'),
    by: z.enum(['auto', 'label', 'operator', 'database']).default('auto'),
    follow: z.boolean().default(false).describe('true: the fault follows the role through failovers'),
    preset: z.enum(rolePresetNames).exactOptional(),
    label: label.exactOptional(),
    database: database.exactOptional(),
  })
  .superRefine(({ by, preset, label: named, database: asked }, context) => {
    if (preset !== undefined && named !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['label'],
        message: 'beside preset; expected one of preset, label',
      });
    if (by === 'database' && asked === undefined)
      context.addIssue({
        code: 'custom',
        path: ['by'],
        message:
          'the database is to be asked, and nothing says how; add database: { kind: postgres, user: app }',
      });
    if ((by === 'operator' || by === 'database') && (preset ?? named) !== undefined)
      context.addIssue({
        code: 'custom',
        path: [preset === undefined ? 'label' : 'preset'],
        message: `of no use where by is ${by}; leave it out, or say by: label`,
      });
  });

export type RoleSpec = z.output<typeof roleSchema>;
export type RoleLabel = z.output<typeof label>;
export type RoleDatabase = z.output<typeof database>;
