/** Check `fault-proxy`: does it serve, how often was it started again, and is it in trouble? */
import { existsSync } from 'node:fs';
import { annotation } from '../../../core/keys.js';
import { sidecar } from '../../../core/pod-layout.js';
import { isNearlyFull } from '../../../sidecar/tcp/netfilter/conntrack.js';
import type { ShownStatus } from '../../client/answers.js';
import { timeLeft } from '../../terminal/time-left.js';
import type { Check } from '../check.js';
import { broken, type Judgement, ok, unknown, warning } from '../finding.js';
import type { PodPlace } from './pod-place.js';
import type { SidecarAnswers } from './sidecar-answers.js';

export interface FaultProxyFacts {
  readonly answers: SidecarAnswers;
  /** Is the file there by which the startup probe sees that it serves? */
  readonly isServing: boolean;
}

export const faultProxy = ({ paths }: PodPlace, answers: Promise<SidecarAnswers>): Check => ({
  name: 'fault-proxy',
  look: async () => judgeFaultProxy({ answers: await answers, isServing: existsSync(paths.serving) }),
});

const logs = (word: string): string => `kubectl logs POD -c ${sidecar.faults} | grep ${word}`;

export function judgeFaultProxy({ answers, isServing }: FaultProxyFacts): readonly Judgement[] {
  if (answers.kind === 'silent') return [isServing ? otherPort(answers.why) : notServing(answers.why)];
  const { status } = answers;
  const troubles = [...troublesOf(status), ...(status.tcp === null ? [] : troublesOfTcp(status.tcp))];
  const up = `it serves, version ${status.version}, for ${timeLeft(status.uptimeMs)}`;
  return troubles.length > 0 ? troubles : [ok(`${up}, never started again`)];
}

const otherPort = (why: string): Judgement =>
  unknown({
    found: `it serves, but its control endpoint is not where it was sought: ${why}`,
    follows: 'the app may have that port: the endpoint then takes any free one',
    mend: [logs('control.listening'), 'havock8s doctor --control 127.0.0.1:PORT'],
  });

const notServing = (why: string): Judgement =>
  broken({
    found: `no fault proxy serves, and the control endpoint does not answer: ${why}`,
    follows: 'whoever uses a served volume waits; connections go direct; no fault is applied',
    mend: [`kubectl logs POD -c ${sidecar.faults} --tail=50`, 'kubectl describe pod POD'],
  });

const unready = (why: string | null): Judgement =>
  broken({
    found: `it is not ready: ${why ?? 'no reason given'}`,
    mend: [logs('disk.gone'), logs('fatal')],
  });

function troublesOf({ restarts, ready, notReady, plan, disk, kernel }: ShownStatus): readonly Judgement[] {
  const stopped = plan.disarmedBy ?? disk?.disarmedBy ?? null;
  return [
    ...(ready ? [] : [unready(notReady)]),
    ...(stopped === null
      ? []
      : [
          broken({
            found: `everything was disarmed for good: ${stopped}`,
            follows: 'no fault is applied any more in this container, whatever is annotated',
            mend: [logs(stopped), 'a recreated pod arms again: kubectl delete pod POD'],
          }),
        ]),
    ...(restarts === 0
      ? []
      : [
          warning({
            found: `its fault proxy was started again ${restarts === 1 ? 'once' : `${restarts} times`}`,
            follows: 'each time operations stalled for a moment; the usual cause is memory',
            mend: [logs('fault-proxy.died'), `annotate the pod template: ${annotation.memoryLimit}=768Mi`],
          }),
        ]),
    ...(disk === null || disk.mounts.every(({ resend }) => resend)
      ? []
      : [
          warning({
            found: `Linux ${kernel} has no RESEND`,
            follows: 'what is in flight when the fault proxy is killed fails with EIO',
            mend: ['a node with Linux 6.9 or later'],
          }),
        ]),
    ...(disk === null ? [] : troublesOfDisk(disk)),
  ];
}

function troublesOfDisk({
  parkedOverflows,
  exhausted,
}: NonNullable<ShownStatus['disk']>): readonly Judgement[] {
  return [
    ...(parkedOverflows === 0
      ? []
      : [
          warning({
            found: `${parkedOverflows} operations were let through because too many waited`,
            follows: 'they met no fault',
            mend: [
              'narrow the fault: on, in, chance',
              'or give the sidecar more memory: an eighth of it may wait',
            ],
          }),
        ]),
    ...(exhausted === 0
      ? []
      : [
          warning({
            found: `${exhausted} files were not opened: the sidecar was out of descriptors`,
            follows: 'programs were told ENFILE',
            mend: [moreDescriptors],
          }),
        ]),
  ];
}

const moreDescriptors = 'raise the limit of open files with which the sidecar starts (ulimit -n)';

type Tcp = NonNullable<ShownStatus['tcp']>;

function troublesOfTcp({ disarmedBy, exhausted, interception }: Tcp): readonly Judgement[] {
  const conntrack = interception?.conntrack ?? null;
  return [
    ...(disarmedBy === null
      ? []
      : [broken({ found: `TCP faults were disarmed for good: ${disarmedBy}`, mend: [logs(disarmedBy)] })]),
    ...(exhausted === 0
      ? []
      : [
          warning({
            found: `${exhausted} connections were refused: the sidecar was out of descriptors`,
            mend: [moreDescriptors],
          }),
        ]),
    ...(interception === null || interception.mended === 0
      ? []
      : [
          warning({
            found: `somebody else changed our nft rules ${interception.mended} times; they were recreated`,
            follows: 'between, connections went direct',
            mend: ['find who flushes rules in this pod (a mesh, an init container): nft monitor'],
          }),
        ]),
    ...(conntrack === null || !isNearlyFull(conntrack)
      ? []
      : [
          warning({
            found: `the connection table is nearly full: ${conntrack.entries} of ${conntrack.most}`,
            follows: 'the kernel drops new connections once it is, with us or without',
            mend: ['on the node: sysctl -w net.netfilter.nf_conntrack_max=1048576'],
          }),
        ]),
  ];
}
