/** The CustomResourceDefinition of ExperimentSchedule. It follows from its schema, and so from that of the experiment. */
import { scheduleKind, scheduleSchema } from '../schedule/schedule.js';
import { column, customResource } from './custom-resource.js';
import { isOpaque } from './experiment-crd.js';
import { experimentPath, scheduleDocumentation } from './schedule-documentation.js';
import { scheduleStatusSchema } from './schedule-status.js';
import { type StructuralSchema, structuralSchema } from './structural-schema.js';

export const scheduleCrd = () =>
  customResource({
    ...{ kind: scheduleKind, plural: 'experimentschedules', shortName: 'expsched' },
    ...{ columns, selectable: ['lastVerdict'], schema: rootSchema() },
  });

const columns = [
  column('Schedule', '.spec.schedule', 'When runs are started.'),
  column('Zone', '.spec.timeZone', 'By whose clocks.'),
  column('Paused', '.spec.paused', 'Whether nothing is started.', { type: 'boolean' }),
  column('Last', '.status.lastScheduleTime', 'Since the latest run was due.', { type: 'date' }),
  column('Next', '.status.next', 'When the next run is due.'),
  column('Verdict', '.status.lastVerdict', 'What the latest run that is over came to.'),
  column('Active', '.status.active[*]', 'Runs that go on.', { priority: 1 }),
  column('Age', '.metadata.creationTimestamp', 'Since it was created.', { type: 'date', priority: 1 }),
];

function rootSchema(): StructuralSchema {
  const { spec, metadata } = scheduleSchema.shape;
  const documentation = scheduleDocumentation;
  const { description: _, ...name } = structuralSchema(metadata.shape.name, [], { documentation });
  return {
    type: 'object',
    description:
      'Starts runs of one experiment, again and again: each is an Experiment that belongs to this object, and goes with it.',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object', properties: { name } },
      spec: structuralSchema(spec, ['spec'], {
        documentation,
        isOpaque: (path) => isOpaque(experimentPath(path)),
      }),
      status: structuralSchema(scheduleStatusSchema, ['status'], { documentation: () => undefined }),
    },
  };
}
