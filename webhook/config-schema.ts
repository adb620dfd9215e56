/** The configuration as JSON Schema (draft 2020-12): every field of `InjectionConfig`, none required, no other. */

const object = (properties: Readonly<Record<string, unknown>>) => ({
  type: 'object',
  additionalProperties: false,
  properties,
});

/** As resource.Quantity, above zero. A description completes the sentence that something is not it. */
const quantity = {
  description: 'a quantity above zero such as 64Mi or 500m',
  type: 'string',
  pattern: '^(?!0*\\.?0*[a-zA-Z]*$)(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3}|[numkMGTPE]|[KMGTPE]i)?$',
};

const compute = object({ cpu: quantity, memory: quantity });
const resources = { requests: compute, limits: compute, guaranteed: compute };
const texts = { type: 'object', additionalProperties: { type: 'string' } };

const requirement = {
  ...object({
    key: { type: 'string' },
    operator: { enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] },
    values: { type: 'array', items: { type: 'string' } },
  }),
  required: ['key', 'operator'],
};

export const configSchema = object({
  image: {
    type: 'string',
    pattern: '^\\S+$',
    description: 'the name of an image such as localhost/havock8s:0.1.0',
  },
  imagePullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
  podSelector: {
    ...object({ matchLabels: texts, matchExpressions: { type: 'array', items: requirement } }),
    type: ['object', 'null'],
  },
  podSecurityDefault: { enum: ['privileged', 'baseline', 'restricted'] },
  resources: object({
    mount: object(resources),
    faults: object({ ...resources, memoryPerVolume: quantity }),
  }),
  servedSizeLimit: quantity,
  runSizeLimit: quantity,
  openControl: { type: 'boolean' },
  logLevel: { enum: ['debug', 'info', 'warn', 'error'] },
});
