/** What `havock8s local` says once it serves, on stderr: stdout is COMMAND's. */

import { printable } from '../../../core/printable.js';
import type { Sidecar } from '../../../sidecar/supervise/local/local-options.js';
import type { ShownMount, ShownTcp } from '../../client/answers.js';
import { ControlClient } from '../../client/control-client.js';
import { controlVariable, defaultControl } from '../../client/control-url.js';
import { type Console, printJson, type Sheet } from '../../terminal/console.js';
import type { LocalPlan } from './local-plan.js';
import { isInNamespace } from './namespace.js';

export interface StartFacts {
  readonly plan: LocalPlan;
  readonly command: readonly string[];
  readonly console: Console;
}

export async function reportStart(sidecar: Sidecar, { plan, command, console }: StartFacts): Promise<void> {
  const { disk, tcp } = await new ControlClient(new URL(sidecar.controlUrl)).status();
  const mounts = disk?.mounts ?? [];
  const forwards = tcp?.forwards ?? [];
  const interception = tcp?.interception ?? null;
  const { controlUrl, holderPid } = sidecar;
  if (console.json) {
    const pids = { holder: holderPid, faultProxy: sidecar.proxyPid() };
    return printJson(console.err, {
      kind: 'started',
      control: controlUrl,
      pids,
      mounts,
      forwards,
      interception,
    });
  }
  const say = speaker(console.err);
  for (const mount of mounts) say(describeMount(mount, console.err));
  for (const forward of forwards) say(describeForward(forward, console.err));
  for (const line of describeInterception(interception)) say(line);
  say(`control endpoint ${console.err.ink.bold(controlUrl)}${detour(controlUrl, plan)}`);
  if (mounts.length > 0) say(describeResend(mounts));
  for (const hint of hints(controlUrl, { plan, command, console })) say(hint);
}

function speaker(err: Sheet): (text: string) => void {
  return (text) => err.line(`${err.ink.dim('havock8s:')} ${text}`);
}

function describeMount({ mountpoint, backing, volume, readOnly }: ShownMount, { ink }: Sheet): string {
  const access = readOnly ? ', read-only' : '';
  return `${ink.bold(printable(mountpoint))} serves ${printable(backing)} (volume ${volume}${access})`;
}

function describeForward({ listen, upstream }: ShownTcp['forwards'][number], { ink }: Sheet): string {
  return `${ink.bold(listen)} leads on to ${printable(upstream)}`;
}

function describeInterception(interception: ShownTcp['interception']): readonly string[] {
  if (interception === null) return [];
  const { inboundPorts, outboundPorts } = interception;
  return [
    ...(inboundPorts.length > 0 ? [`takes what comes in to port ${inboundPorts.join(', ')}`] : []),
    ...(outboundPorts.length > 0 ? [`takes what goes out to port ${outboundPorts.join(', ')}`] : []),
  ];
}

/** The usual port was taken, so that this one was free is all there is to it. */
function detour(url: string, { control }: LocalPlan): string {
  if (control.port !== 0 || url.endsWith(`:${defaultControl.port}`)) return '';
  return ` (say so to other shells: export ${controlVariable}=${url})`;
}

function describeResend(mounts: readonly ShownMount[]): string {
  return mounts.every(({ resend }) => resend)
    ? 'the kernel has RESEND: a fault proxy that is killed loses nothing that was in flight'
    : 'the kernel has no RESEND (Linux 6.9): what is in flight when a fault proxy is killed fails with EIO';
}

function hints(url: string, { plan, command, console }: StartFacts): readonly string[] {
  const { ink } = console.err;
  const prefix = url.endsWith(`:${defaultControl.port}`) ? '' : `${controlVariable}=${url} `;
  const fault = plan.disks.length > 0 ? 'slow-sync disk latency 200ms on fsync' : 'lag tcp latency 80ms';
  const example = `${prefix}havock8s arm ${fault}`;
  const said = plan.faults.length > 0 || plan.annotationsFile !== null ? [] : [`try: ${ink.cyan(example)}`];
  if (isInNamespace(console.env)) {
    said.push(`only this process and its children see the mount; to look: ${ink.cyan(visit)}`);
  }
  if (command.length === 0) said.push('Ctrl-C ends it');
  return said;
}

const visit = `nsenter --preserve-credentials --user --mount --target ${process.pid}`;
