/**
 * A text into an experiment, or into every problem that it has, each with its line and column.
 *
 *     text ─ schema ─► experiment ─ what its parts say of each other ─► experiment │ problems
 */
import { nearest } from '../../core/nearest.js';
import { type PlacedProblem, readBySchema } from '../../core/read-by-schema.js';
import type { Path } from '../../core/read-value-by-schema.js';
import { clusterProblems } from './cluster-problems.js';
import { everyStep, type Found, faultsOf, listsWithin } from './every-step.js';
import { type Experiment, experimentSchema, type LocalSpec } from './experiment.js';
import { plannedSteps } from './planned-steps.js';
import { scaledTogether } from './scaled-together.js';
import { askable, nameOf, type Step } from './step.js';
import type { Sentence } from './texts.js';

export type ExperimentReading =
  | { readonly kind: 'experiment'; readonly experiment: Experiment }
  | { readonly kind: 'problems'; readonly problems: readonly PlacedProblem[] };

/** Spelled out: a run of more steps is no experiment that anybody could read. */
const mostPlanned = 1000;

/** Never throws, whatever the text. */
export function readExperiment(text: string): ExperimentReading {
  const reading = readBySchema(text, { schema: experimentSchema, whole: 'the experiment' });
  if (reading.kind === 'problems') return reading;
  const { value: experiment, placeOf } = reading;
  const problems = problemsWithin(experiment).map(({ path, message }) => ({ ...placeOf(path), message }));
  return problems.length === 0 ? { kind: 'experiment', experiment } : { kind: 'problems', problems };
}

/** What only its parts together have wrong. */
export function problemsWithin({ spec }: Experiment): readonly Found[] {
  const probes = spec.hypothesis.probes.map(({ name }) => name);
  const disks = (spec.local?.disks ?? []).map(({ name }) => name);
  const targets = spec.targets.map(({ name }) => name);
  const planned = countOf(spec.steps);
  return [
    ...twice(probes, ['spec', 'hypothesis', 'probes'], 'probe'),
    ...twice(disks, ['spec', 'local', 'disks'], 'disk'),
    ...ofSteps(spec.steps, ['spec', 'steps']),
    ...ofSteps(spec.finally?.steps ?? [], ['spec', 'finally', 'steps']),
    ...switchingOn(spec.finally?.steps ?? [], ['spec', 'finally', 'steps']),
    ...(planned > mostPlanned
      ? [
          {
            path: ['spec', 'steps'],
            message: `spec.steps come to ${planned} steps; expected at most ${mostPlanned}`,
          },
        ]
      : [...askingForUnknown(spec), ...scaledTogether(spec)]),
    ...ledgerProbes(spec),
    ...endlessCrash(spec),
    ...twice(targets, ['spec', 'targets'], 'target'),
    ...clusterProblems(spec),
    ...(spec.local ? unreachable(spec.steps, ['spec', 'steps'], spec.local) : []),
  ];
}

function twice(names: readonly string[], path: Path, what: string): readonly Found[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ path: [...path, index, 'name'], message: `two ${what}s are called ${name}` }],
  );
}

/** Those of a list are known to each other, and to nobody outside of it. */
function ofSteps(steps: readonly Step[], path: Path): readonly Found[] {
  const names = steps.map(nameOf);
  return [
    ...twice(names, path, 'step'),
    ...steps.flatMap((step, index) => [
      ...(step.after ?? []).flatMap((name, at) =>
        ofAfter(name, names.slice(0, index), [...path, index, 'after', at]),
      ),
      ...listsWithin(step).flatMap(({ inner, field }) => ofSteps(inner, [...path, index, ...field])),
    ]),
  ];
}

function ofAfter(name: string, earlier: readonly string[], path: Path): readonly Found[] {
  if (earlier.includes(name)) return [];
  const likely = nearest(name, earlier);
  const wayOut = likely
    ? `did you mean ${likely}?`
    : earlier.length
      ? `before it are ${earlier.join(', ')}`
      : 'it is the first';
  return [{ path, message: `no step before this one is called ${name}; ${wayOut}` }];
}

function countOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { parallel, repeat, ramp }) => {
    if (parallel) return sum + countOf(parallel);
    if (repeat) return sum + repeat.times * countOf(repeat.steps);
    return sum + (ramp?.length ?? 1);
  }, 0);
}

/** What a command that nobody starts again has cannot be read back. */
const endlessCrash = ({ ledger, local }: Experiment['spec']): readonly Found[] =>
  ledger?.crashBeforeReadBack && local?.restart === 'never'
    ? [
        {
          path: ['spec', 'ledger', 'crashBeforeReadBack'],
          message:
            'the command is killed, and not started again, so that nothing could be read back; expected spec.local.restart: onFailure',
        },
      ]
    : [];

/** A probe of a ledger needs one that writes, and asks nothing that it does not know. */
function ledgerProbes(spec: Experiment['spec']): readonly Found[] {
  const asked = ({ step, path }: { readonly step: Step; readonly path: Path }): readonly Path[] =>
    step.probe?.subject.kind === 'ledger' ? [[...path, 'probe', 'ledger']] : [];
  const probes = spec.hypothesis.probes.flatMap(({ subject }, index) =>
    subject.kind === 'ledger' ? [['spec', 'hypothesis', 'probes', index, 'ledger']] : [],
  );
  const steps = everyStep(spec.steps, ['spec', 'steps']).flatMap(asked);
  const last = everyStep(spec.finally?.steps ?? [], ['spec', 'finally', 'steps']).flatMap(asked);
  return [
    ...(spec.ledger ? [] : [...probes, ...steps]).map((path) => ({
      path,
      message: 'asks a ledger, and the experiment keeps none; expected spec.ledger',
    })),
    ...last.map((path) => ({
      path,
      message:
        'the ledger has ended, and is read back, before finally; expected a probe of steps or of the hypothesis',
    })),
    ...(spec.recovery.replication?.subject.kind === 'ledger'
      ? [
          {
            path: ['spec', 'recovery', 'replication', 'ledger'],
            message:
              'a ledger does not know who follows the database; expected a probe that asks the database',
          },
        ]
      : []),
  ];
}

/** A fault that begins while everything is put back would be left behind. */
const switchingOn = (steps: readonly Step[], path: Path): readonly Found[] =>
  everyStep(steps, path).flatMap(({ step, path: here }) =>
    (['fault', 'ramp'] as const)
      .filter((verb) => step[verb] !== undefined)
      .map((verb) => ({
        path: [...here, verb],
        message: 'finally switches nothing on; expected kill, wait or probe',
      })),
  );

/** A condition that asks for what is not there would be waited for in vain. */
function askingForUnknown({ hypothesis, steps, finally: last }: Experiment['spec']): readonly Found[] {
  const known: Readonly<Record<string, readonly string[]>> = {
    probes: hypothesis.probes.map(({ name }) => name),
    faults: plannedSteps(steps).flatMap(({ id, action }) => (action.kind === 'fault' ? [id] : [])),
  };
  const unknownIn = ([root, ...path]: readonly string[]): string | null => {
    if (!isAskable(root)) return null;
    const names = root === 'command' ? [askable.command] : [known[root] ?? [], askable[root]];
    const at = path.findIndex((name, index) => !names[index]?.includes(name));
    const name = path[at];
    if (name === undefined) return null;
    const expected = names[at] ?? [];
    const likely = nearest(name, expected);
    const wayOut = likely ? `did you mean "${likely}"?` : `expected ${expected.join(', ') || 'nothing more'}`;
    return `${[root, ...path.slice(0, at)].join('.')} has no "${name}"; ${wayOut}`;
  };
  return [
    ...everyStep(steps, ['spec', 'steps']),
    ...everyStep(last?.steps ?? [], ['spec', 'finally', 'steps']),
  ]
    .flatMap(({ step, path }) => (step.wait?.until ? [{ condition: step.wait.until, path }] : []))
    .flatMap(({ condition, path }) =>
      condition.asks.flatMap((ask) => {
        const message = unknownIn(ask);
        return message === null ? [] : [{ path: [...path, 'wait', 'until'], message }];
      }),
    );
}

const isAskable = (name: string | undefined): name is keyof typeof askable =>
  name !== undefined && name in askable;

/** Faults on what the experiment has not got would never hit. */
const unreachable = (steps: readonly Step[], path: Path, local: LocalSpec): readonly Found[] =>
  everyStep(steps, path)
    .flatMap(faultsOf)
    .flatMap(({ fault, path: at }) => {
      const message = outOfReach(fault, local);
      return message === null ? [] : [{ path: at, message }];
    });

function outOfReach(fault: Sentence['fault'], { disks, ports }: LocalSpec): string | null {
  if (fault.plane === 'tcp')
    return ports.length === 0 ? 'a fault of connections, and spec.local.ports names none' : null;
  if (disks.length === 0) return 'a fault of a disk, and spec.local.disks names none';
  const { volume } = fault.match;
  const known = disks.map(({ name }) => name);
  if (volume === undefined || known.includes(volume)) return null;
  return `no disk is called ${volume}; known are ${known.join(', ')}`;
}
