/**
 * The configuration as it may be written: every field of `InjectionConfig`, none required, no other. A description
 * completes the sentence that something is not it.
 */
import * as z from 'zod';
import type { LabelSelector } from '../kube/label-selector.js';
import type { InjectionConfig } from './injection-config.js';

/** As resource.Quantity, above zero. */
const quantity = z
  .string()
  .regex(/^(?!0*\.?0*[a-zA-Z]*$)(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3}|[numkMGTPE]|[KMGTPE]i)?$/)
  .describe('a quantity above zero such as 64Mi or 500m');

const image = z.string().regex(/^\S+$/).describe('the name of an image such as localhost/havock8s:0.1.0');

const portOrNone = z
  .union([z.int().min(1).max(65_535), z.literal('none')])
  .describe('a port from 1 to 65535, or none');

const compute = z.strictObject({ cpu: quantity.exactOptional(), memory: quantity.exactOptional() });

const resources = {
  requests: compute.exactOptional(),
  limits: compute.exactOptional(),
  guaranteed: compute.exactOptional(),
};

const requirement = z.strictObject({
  key: z.string(),
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: z.array(z.string()).exactOptional(),
});

const selector = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).exactOptional(),
  matchExpressions: z.array(requirement).exactOptional(),
}) satisfies z.ZodType<LabelSelector>;

export const configSchema = z.strictObject({
  image: image.exactOptional(),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).exactOptional(),
  podSelector: selector.nullable().exactOptional(),
  podSecurityDefault: z.enum(['privileged', 'baseline', 'restricted']).exactOptional(),
  resources: z
    .strictObject({
      mount: z.strictObject(resources).exactOptional(),
      faults: z.strictObject({ ...resources, memoryPerVolume: quantity.exactOptional() }).exactOptional(),
    })
    .exactOptional(),
  servedSizeLimit: quantity.exactOptional(),
  runSizeLimit: quantity.exactOptional(),
  openControl: z.boolean().exactOptional(),
  readOnlyPort: portOrNone.exactOptional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).exactOptional(),
} satisfies Record<keyof InjectionConfig, z.ZodType>);

export type GivenConfig = z.infer<typeof configSchema>;
