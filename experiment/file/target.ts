/** Targets: which pods of a cluster an experiment is about, each set by a name that its steps use. */
import * as z from 'zod';
import { exactlyOne, needs } from './field-rules.js';
import { roleSchema } from './role.js';
import { name } from './texts.js';

export const objectName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/)
  .describe('the name of an object of Kubernetes: small letters, digits, dashes and dots');

const labelText = z.string().min(1).max(317);

const selector = z.strictObject({
  matchLabels: z.record(labelText, z.string().max(63)).default({}),
  matchExpressions: z
    .array(
      z.strictObject({
        key: labelText,
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string().max(63)).max(64).default([]),
      }),
    )
    .max(32)
    .default([]),
});

const workload = z.strictObject({
  kind: z.string().min(1).max(63).describe('the kind of an owner of pods, such as StatefulSet or Cluster'),
  name: objectName,
});

/** `one`, `all`, `2`, `30%`: how many of those that are found. */
const amount = z
  .union([z.int().min(1).max(10_000), z.string().regex(/^(one|all|[1-9]\d{0,3}|100%|[1-9]\d?%)$/)])
  .describe('one, all, a number of pods such as 2, or a share of them such as 30%');

/** How the pods are found: exactly one of these. */
export const finders = ['workload', 'selector', 'pods', 'claim', 'node'] as const;

export const targetSchema = z
  .strictObject({
    name,
    workload: workload.optional(),
    selector: selector.optional(),
    pods: z.array(objectName).min(1).max(500).optional(),
    claim: objectName.optional(),
    node: objectName.optional(),
    /** Of a workload whose pods are numbered. */
    ordinals: z.array(z.int().min(0).max(10_000)).min(1).max(500).optional(),
    exclude: z
      .strictObject({
        pods: z.array(objectName).max(500).default([]),
        selector: selector.optional(),
      })
      .optional(),
    mode: amount.default('all'),
    container: z.string().min(1).max(63).optional(),
    role: roleSchema.optional(),
    emptyTargets: z.enum(['fail', 'wait']).default('fail'),
  })
  .check(exactlyOne(finders, 'how its pods are found'))
  .check(needs('ordinals', 'workload', 'are of a workload, and the target names none'));

export type TargetSpec = z.output<typeof targetSchema>;
export type SelectorSpec = z.output<typeof selector>;
