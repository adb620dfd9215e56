/** What a file says of a cluster: its targets, and the steps that are done to them. */
import { nearest } from '../../core/nearest.js';
import type { Path } from '../../core/read-value-by-schema.js';
import { peersOf } from '../../faults/values/peer.js';
import { everyStep, type Found, faultsOf, type PlacedStep } from './every-step.js';
import type { Experiment } from './experiment.js';
import { clusterVerbs, type Step, verbsOnTargets } from './step.js';

type Spec = Experiment['spec'];

export function clusterProblems(spec: Spec): readonly Found[] {
  const names = spec.targets.map(({ name }) => name);
  const steps = everyStep(spec.steps, ['spec', 'steps']);
  const last = everyStep(spec.finally?.steps ?? [], ['spec', 'finally', 'steps']);
  return [
    ...[...steps, ...last].flatMap((placed) =>
      names.length === 0 ? withoutTargets(placed) : withTargets(placed, { names, spec }),
    ),
    ...last.flatMap(changing),
    ...steps.flatMap((placed) => unknownPeers(placed, names)),
    ...(names.length === 0 ? ledgerOfCluster(spec) : programs(spec, [...steps, ...last])),
    ...secrets(spec, { isCluster: names.length > 0, path: ['spec'] }),
  ];
}

/** Targets that sentences name as peers. */
function unknownPeers({ step, path }: PlacedStep, names: readonly string[]): readonly Found[] {
  return faultsOf({ step, path }).flatMap(({ fault, path: at }) =>
    (fault.plane === 'tcp' ? peersOf(fault.match) : []).flatMap((peer) => {
      if (peer.kind !== 'target' || names.includes(peer.name)) return [];
      const likely = nearest(peer.name, names);
      const known = names.length === 0 ? 'spec.targets names none' : `known are ${names.join(', ')}`;
      const message = `no target is called ${peer.name}; ${likely ? `did you mean @${likely}?` : known}`;
      return [{ path: at, message }];
    }),
  );
}

const verbsIn = (step: Step, verbs: readonly (keyof Step)[]): readonly string[] =>
  verbs.filter((verb) => step[verb] !== undefined);

function withoutTargets({ step, path }: PlacedStep): readonly Found[] {
  return [
    ...verbsIn(step, clusterVerbs).map((verb) => ({
      path: [...path, verb],
      message: 'is done to pods of a cluster, and the experiment names none; expected spec.targets',
    })),
    ...(step.target === undefined
      ? []
      : [
          {
            path: [...path, 'target'],
            message: 'names a target, and the experiment has none; expected spec.targets',
          },
        ]),
  ];
}

function withTargets(
  { step, path }: PlacedStep,
  { names, spec }: { readonly names: readonly string[]; readonly spec: Spec },
): readonly Found[] {
  const found = (field: string, message: string): Found => ({ path: [...path, field], message });
  const [verb] = verbsIn(step, verbsOnTargets);
  if (step.kill)
    return [found('kill', 'is of a process of one machine; in a cluster expected restart or delete')];
  if (step.target === undefined)
    return verb !== undefined && names.length > 1
      ? [found(verb, `does not say to which pods; expected target: one of ${names.join(', ')}`)]
      : [];
  if (verb === undefined) return [found('target', `is of steps with ${verbsOnTargets.join(', ')}`)];
  if (!names.includes(step.target)) {
    const likely = nearest(step.target, names);
    return [
      found(
        'target',
        `no target is called ${step.target}; ${likely ? `did you mean ${likely}?` : `known are ${names.join(', ')}`}`,
      ),
    ];
  }
  const target = spec.targets.find(({ name }) => name === step.target);
  return step.scale && target?.workload === undefined
    ? [
        found(
          'scale',
          `is of a workload, and target ${step.target} names none; expected workload: {kind, name}`,
        ),
      ]
    : [];
}

const ledgerOfCluster = ({ ledger }: Spec): readonly Found[] =>
  ledger?.kind === 'statefulSet'
    ? [
        {
          path: ['spec', 'ledger', 'statefulSet'],
          message:
            'is a ledger of a cluster, and the experiment names no pods; expected spec.targets, or a database',
        },
      ]
    : [];

/** What begins while everything is put back would be left behind. */
const changing = ({ step, path }: PlacedStep): readonly Found[] =>
  verbsIn(step, clusterVerbs).map((verb) => ({
    path: [...path, verb],
    message: 'finally changes nothing; expected wait or probe',
  }));

/** A program would run beside the controller, where nobody put it. */
function programs({ hypothesis, recovery }: Spec, steps: readonly PlacedStep[]): readonly Found[] {
  const message =
    'runs a program of this machine; in a cluster expected a probe that asks over the network, such as tcp, http or postgres';
  return [
    ...hypothesis.probes.flatMap(({ subject }, index) =>
      subject.kind === 'exec' ? [{ path: ['spec', 'hypothesis', 'probes', index, 'exec'], message }] : [],
    ),
    ...steps.flatMap(({ step, path }) =>
      step.probe?.subject.kind === 'exec' ? [{ path: [...path, 'probe', 'exec'], message }] : [],
    ),
    ...(recovery.replication?.subject.kind === 'exec'
      ? [{ path: ['spec', 'recovery', 'replication', 'exec'], message }]
      : []),
  ];
}

/** Wherever the file names one. The controller has an environment and files of its own, which are nobody's to name. */
function secrets(
  value: unknown,
  { isCluster, path }: { readonly isCluster: boolean; readonly path: Path },
): readonly Found[] {
  if (typeof value !== 'object' || value === null) return [];
  // As the file has it: a probe is called by its kind.
  if (isSubject(value)) return secrets(value.given, { isCluster, path: [...path.slice(0, -1), value.kind] });
  return Object.entries(value).flatMap(([field, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(field) : field];
    const message = misplaced(field, inner, isCluster);
    return message === null ? secrets(inner, { isCluster, path: here }) : [{ path: here, message }];
  });
}

const isSubject = (value: object): value is { readonly kind: string; readonly given: unknown } =>
  'kind' in value && 'given' in value && typeof value.kind === 'string';

function misplaced(field: string, value: unknown, isCluster: boolean): string | null {
  if (isCluster && field === 'ca')
    return 'is a file of one machine; in a cluster expected a certificate that is trusted everywhere, or insecureSkipVerify';
  if (!/^(password|bearerToken)From$/.test(field) || typeof value !== 'object' || value === null) return null;
  const isOfCluster = 'secret' in value;
  if (isOfCluster === isCluster) return null;
  return isCluster
    ? 'names a variable or a file of one machine; in a cluster expected secret: {name, key}'
    : 'names a Secret of a cluster; on one machine expected env or file';
}
