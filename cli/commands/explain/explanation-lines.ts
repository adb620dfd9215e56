/** An explained workload for people. */

import { assertNever } from '../../../core/assert-never.js';
import { isObject } from '../../../core/json.js';
import { annotation } from '../../../core/keys.js';
import { printable } from '../../../core/printable.js';
import type { VolumeMount } from '../../../webhook/pod.js';
import type { Sheet } from '../../terminal/console.js';
import type { Ink } from '../../terminal/ink.js';
import { wrap } from '../../terminal/wrap.js';
import type { ExplainedInjection, ExplainedWorkload } from './explained-workload.js';

export function explanationLines(
  workload: ExplainedWorkload,
  { ink, columns }: Pick<Sheet, 'ink' | 'columns'>,
): readonly string[] {
  const { kind, name, obstacle, injection, faults, warnings } = workload;
  const paragraph = (text: string, indent = '  '): string =>
    wrap(printable(text), Math.min(columns, 110) - 2, indent).replaceAll('\n', '\n  ');
  return [
    `${ink.bold(printable(`${kind}/${name}`))}: ${paintVerdict(workload, ink)}`,
    ...(obstacle === null ? [] : [paragraph(`also in the way of a sidecar: ${obstacle.sentence}`)]),
    ...(injection === null ? [] : injectionParts(injection).map((text) => paragraph(text))),
    ...faults.flatMap((fault) => [
      paragraph(`fault ${fault.name}: ${fault.sentence}`),
      paragraph(fault.explanation, '    '),
    ]),
    ...warnings.map((warning) => paragraph(`warning: ${warning}`)),
  ];
}

function paintVerdict({ verdict, reason, namespace }: ExplainedWorkload, ink: Ink): string {
  const why = printable(reason?.sentence ?? '');
  switch (verdict) {
    case 'injected':
      return ink.green(`its pods get the sidecar in namespace ${printable(namespace)}`);
    case 'already':
      return ink.green(`${why}. What it has:`);
    case 'would-be':
      return ink.yellow(
        `no sidecar: ${why}. With ${annotation.inject}: "true" on its pods, in a namespace that allows it:`,
      );
    case 'skipped':
      return ink.yellow(`no sidecar: ${why}`);
    default:
      return assertNever(verdict);
  }
}

function injectionParts({
  volumes,
  mounts,
  inbound,
  outbound,
  sidecars,
  left,
}: ExplainedInjection): readonly string[] {
  return [
    volumes.length === 0
      ? 'no volume goes through the sidecar'
      : `through the sidecar: volume ${volumes.join(', ')}`,
    ...mounts.map(
      ({ container, from, to }) => `${container} ${from.mountPath}: ${mountText(from)} -> ${mountText(to)}`,
    ),
    inbound.length === 0
      ? 'no port is intercepted coming in'
      : `intercepted coming in: port ${inbound.join(', ')}`,
    ...(outbound.length === 0 ? [] : [`intercepted going out: port ${outbound.join(', ')}`]),
    ...sidecars.map(
      ({ name, image, resources }) => `container ${name} of ${image}: ${resourcesText(resources)}`,
    ),
    ...left.map((sentence) => `left alone: ${sentence}`),
  ];
}

function mountText({ name, mountPath: _, ...rest }: VolumeMount): string {
  const fields = Object.entries(rest).map(([key, value]) => `${key} ${String(value)}`);
  return [`volume ${name}`, ...fields].join(', ');
}

function resourcesText(resources: unknown): string {
  const parts = isObject(resources) ? Object.entries(resources) : [];
  const texts = parts.flatMap(([key, amounts]) =>
    isObject(amounts) && Object.keys(amounts).length > 0
      ? [
          `${key} ${Object.entries(amounts)
            .map(([what, amount]) => `${what} ${String(amount)}`)
            .join(', ')}`,
        ]
      : [],
  );
  return texts.join('; ') || 'no requests and no limits';
}
