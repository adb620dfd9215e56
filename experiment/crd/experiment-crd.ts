/** The CustomResourceDefinition of Experiment. It follows from the schema of the file and from that of the status. */
import { experimentSchema, kind } from '../file/experiment.js';
import { column, customResource } from './custom-resource.js';
import { documentation } from './documentation.js';
import { type CelRule, celName } from './field-rule-in-cel.js';
import { statusSchema } from './status.js';
import { inList, type StructuralSchema, structuralSchema } from './structural-schema.js';

export const plural = 'experiments';

/** What a person may change of a run, at any time. */
export const changeable = ['paused', 'stop'] as const;

export const experimentCrd = () =>
  customResource({
    ...{ kind, plural, shortName: 'exp' },
    ...{ columns, selectable: ['verdict', 'data', 'phase'], schema: rootSchema() },
  });

const wide = { priority: 1 };

const columns = [
  column('Verdict', '.status.verdict', 'What the run came to; nothing until it is over.'),
  column('Data', '.status.data', 'What the ledger says of the data.'),
  column('Step', '.status.step', 'What is being done.'),
  column('Age', '.metadata.creationTimestamp', 'Since the run was created.', { type: 'date' }),
  column('Phase', '.status.phase', 'Where the run is.', wide),
  column('Reason', '.status.reason', 'Why, in one word.', wide),
  column('Message', '.status.message', 'Why, in a sentence.', wide),
];

function rootSchema(): StructuralSchema {
  const { spec, metadata } = experimentSchema.shape;
  const { description: _, ...name } = structuralSchema(metadata.shape.name, [], { documentation });
  return {
    type: 'object',
    description:
      'One run of an experiment: faults on pods, what must hold meanwhile, and in the end a verdict. Create one for each run. Faults end by themselves, whatever becomes of this object and of whoever carries it out.',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object', properties: { name } },
      spec: withImmutability(structuralSchema(spec, ['spec'], { documentation, isOpaque, keyOf })),
      status: structuralSchema(statusSchema, ['status'], {
        documentation: () => undefined,
        keyOf: (path) => (path.at(-1) === 'conditions' ? 'type' : undefined),
      }),
    },
  };
}

/** Whatever has to have a name has one of its own. */
const keyOf = (_path: readonly string[], { required = [] }: StructuralSchema): string | undefined =>
  required.includes('name') ? 'name' : undefined;

/**
 * Groups stand in one another, and the schema has no names: each level has all that a step may be, written out twice. One is
 * written out, of `steps` alone; those beneath are left to the webhook and the controller. What is of one machine is never
 * looked at in a cluster.
 */
export const isOpaque = (path: readonly string[]): boolean =>
  path.join('.') === 'spec.local' ||
  (path.at(-1) === inList && groupsIn(path) > (path.includes('finally') ? 0 : 1));

const groupsIn = (path: readonly string[]): number =>
  path.filter((field) => field === 'parallel' || field === 'repeat').length;

function withImmutability(spec: StructuralSchema): StructuralSchema {
  const fields = Object.keys(spec.properties ?? {}).filter(
    (field) => !changeable.some((one) => one === field),
  );
  return {
    ...spec,
    'x-kubernetes-validations': [...(spec['x-kubernetes-validations'] ?? []), ...fields.map(isAsBefore)],
  };
}

const isAsBefore = (field: string): CelRule => ({
  rule: unchanged(celName(field)),
  fieldPath: `.${field}`,
  reason: 'FieldValueForbidden',
  message: `does not change once the run is created, only ${changeable.join(' and ')} do; create another run`,
});

/** Optionals would be shorter (`self.?a == oldSelf.?a`), and the server cannot tell what they cost. */
const unchanged = (name: string): string =>
  `has(self.${name}) == has(oldSelf.${name}) && (!has(self.${name}) || self.${name} == oldSelf.${name})`;
