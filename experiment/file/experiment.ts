/** The experiment as its file says it: one schema for what it means, what is wrong with it, and what editors complete. */
import * as z from 'zod';
import { limits } from '../../faults/limits.js';
import { bothOrNeither, exactlyOne } from './field-rules.js';
import { ledgerSchema } from './ledger.js';
import { probeSchema, questionSchema } from './probe.js';
import { safetySchema } from './safety.js';
import { stepsSchema } from './step.js';
import { targetSchema } from './target.js';
import { address, durationOf, name } from './texts.js';

export const apiVersion = 'havock8s.io/v1alpha1';
export const kind = 'Experiment';

const second = 1000;
const port = z.int().min(1).max(65_535).describe('a port from 1 to 65535');
const path = z.string().min(1);

const disk = z
  .strictObject({
    name,
    backing: path.optional(),
    mount: path.optional(),
    readOnly: z.boolean().default(false),
  })
  .describe('a disk: its name, and where it is; without backing and mount it is made for the run');

const tcpPort = z
  .strictObject({
    listen: port.optional(),
    to: address.optional(),
    inbound: port.optional(),
    outbound: port.optional(),
  })
  .check(exactlyOne(['listen', 'inbound', 'outbound'], 'which connections'))
  .check(bothOrNeither(['listen', 'to'], 'connections to one go on to the other'));

const local = z.strictObject({
  command: z
    .array(z.string())
    .min(1)
    .max(1000)
    .optional()
    .describe('a list: a program and its arguments, without a shell'),
  disks: z.array(disk).max(16).default([]),
  ports: z.array(tcpPort).max(64).default([]),
  user: z.string().min(1).optional().describe('a user, as UID[:GID] or by name'),
  restart: z.enum(['never', 'onFailure']).default('never'),
});

const spec = z.strictObject({
  description: z.string().max(2000).default(''),
  local: local.optional(),
  targets: z.array(targetSchema).max(16).default([]),
  safety: safetySchema.prefault({}),
  hypothesis: z
    .strictObject({
      probes: z.array(probeSchema).max(32).default([]),
      /** Longest wait for it to hold before the first fault. */
      settle: durationOf({ min: second, max: 3_600_000 }).prefault('30s'),
    })
    .prefault({}),
  assumptions: z
    .strictObject({
      minimumMeasurements: z.int().min(1).max(100_000).default(3),
      minimumHits: z.int().min(0).max(1_000_000_000).default(1),
      minimumOperationsPerSecond: z.number().min(0).max(1_000_000).default(1),
    })
    .prefault({}),
  ledger: ledgerSchema.optional(),
  steps: stepsSchema,
  finally: z.strictObject({ steps: stepsSchema, timeLimit: durationOf().prefault('30s') }).optional(),
  recovery: z.strictObject({ replication: questionSchema.optional() }).default({}),
  recoveryObjective: durationOf().prefault('60s'),
  timeLimit: durationOf({ min: second, max: limits.deadlineMs }).prefault('10m'),
  /** Resolves the targets, asks safety, and says what would happen; nothing is touched. */
  dryRun: z.boolean().default(false),
  /** Nothing new begins. What is on ends at its time. */
  paused: z.boolean().default(false),
  /** Somebody asks for the end. */
  stop: z.strictObject({ reason: z.string().max(1000).default('') }).optional(),
});

/** Of what Kubernetes keeps there, what a file may have. */
export const metadataOf = <T extends z.ZodType>(name: T) =>
  z.strictObject({
    name,
    namespace: z
      .string()
      .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
      .describe('a namespace of a cluster: at most 63 small letters, digits and dashes')
      .optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  });

export const experimentSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal(kind),
  metadata: metadataOf(name),
  spec,
});

export type Experiment = z.output<typeof experimentSchema>;
export type LocalSpec = z.output<typeof local>;
