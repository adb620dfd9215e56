/** Check `annotations`: is the file the kubelet's, which follows the pod, and has the fault proxy taken what it says? */
import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { annotation } from '../../../core/keys.js';
import { sidecar } from '../../../core/pod-layout.js';
import { readIfThere } from '../../../sidecar/linux/read-if-there.js';
import { parseAnnotations } from '../../../sidecar/registry/annotations/annotations.js';
import type { Check } from '../check.js';
import { broken, type Judgement, ok, warning } from '../finding.js';
import type { PodPlace } from './pod-place.js';
import type { SidecarAnswers } from './sidecar-answers.js';

export interface AnnotationFacts {
  readonly file: string;
  readonly text: string | null;
  /** Has the directory the link `..data`, by which the kubelet replaces all of it at once? */
  readonly isLive: boolean;
  /** Of annotations, as the fault proxy lists them; null: it was not to be asked. */
  readonly listed: ReadonlySet<string> | null;
}

export const annotations = ({ paths }: PodPlace, answers: Promise<SidecarAnswers>): Check => ({
  name: 'annotations',
  look: async () => {
    const told = await answers;
    return judgeAnnotations({
      file: paths.annotations,
      text: readIfThere(paths.annotations),
      isLive: isLink(join(dirname(paths.annotations), '..data')),
      listed: told.kind === 'answered' ? namesOf(told) : null,
    });
  },
});

const namesOf = ({ faults }: Extract<SidecarAnswers, { kind: 'answered' }>): ReadonlySet<string> =>
  new Set(faults.filter(({ source }) => source === 'annotation').map(({ name }) => name));

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

export function judgeAnnotations({
  file: subject,
  text,
  isLive,
  listed,
}: AnnotationFacts): readonly Judgement[] {
  if (text === null)
    return [
      broken({
        subject,
        found: 'it is not there, or cannot be read',
        follows: 'no annotation is a fault in this pod; havock8s arm still works',
        mend: ['kubectl describe pod POD (events of volume havock8s-pod)'],
      }),
    ];
  if (!isLive)
    return [
      broken({
        subject,
        found: 'it is not a file that the kubelet keeps: its directory has no link ..data',
        follows: 'annotations set from now on are not seen (a mount by subPath never changes)',
        mend: [
          `see what injected the pod: kubectl get pod POD -o jsonpath='{.metadata.annotations.${annotation.status.replaceAll('.', '\\.')}}'`,
        ],
      }),
    ];
  const names = faultNames(text);
  const missing = listed === null ? [] : names.filter((name) => !listed.has(name));
  if (missing.length === 0)
    return [ok(`${subject} follows the pod; faults in it: ${names.join(', ') || 'none'}`)];
  return [
    warning({
      subject,
      found: `the fault proxy has not taken ${missing.join(', ')}`,
      follows: 'a change is taken within two seconds; a 65th fault is refused',
      mend: ['havock8s ls', `kubectl logs POD -c ${sidecar.faults} --tail=50`],
    }),
  ];
}

const faultNames = (text: string): readonly string[] => parseAnnotations(text).faults.map(({ name }) => name);
