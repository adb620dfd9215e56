/** Starts the sidecar of a plan, and keeps where it can be reached in the state directory. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalOptions, Sidecar } from '../../../sidecar/supervise/local/local-options.js';
import type { Console } from '../../terminal/console.js';
import type { LocalPlan } from './local-plan.js';
import { showLog, shownLevel } from './show-log.js';

/** Rejects with what kept the sidecar from starting. */
export async function startLocal(plan: LocalPlan, console: Console): Promise<Sidecar> {
  if (plan.stateDir !== null) mkdirSync(plan.stateDir, { recursive: true, mode: 0o700 });
  // Loaded here, so that no other command pays for the fault proxies.
  const { startSidecar } = await import('../../../sidecar/supervise/local.js');
  const sidecar = await startSidecar({
    ...sidecarOptions(plan),
    logLevel: shownLevel,
    onLog: showLog(console),
  });
  // Looked at while COMMAND runs; until then a failure is not forgotten, and not unhandled either.
  sidecar.failed.catch(() => {});
  if (plan.stateDir !== null) writeFileSync(urlFile(plan.stateDir), `${sidecar.controlUrl}\n`);
  return sidecar;
}

/** Takes away what would lead scripts to a sidecar that has ended. */
export function forgetLocal({ stateDir }: LocalPlan): void {
  if (stateDir !== null) rmSync(urlFile(stateDir), { force: true });
}

/** Where scripts find the control endpoint of a sidecar whose port was chosen by chance. */
const urlFile = (stateDir: string): string => join(stateDir, 'control-url');

function sidecarOptions({
  disks,
  annotationsFile,
  faults,
  control,
  stateDir,
  seed,
  openControl,
  forwards,
  interception,
}: LocalPlan): LocalOptions {
  return {
    disks,
    faults,
    control,
    forwards,
    ...(interception === null ? {} : { interception }),
    ...(annotationsFile === null ? {} : { annotationsFile }),
    ...(stateDir === null ? {} : { stateDir }),
    openControl,
    ...(seed === null ? {} : { seed }),
  };
}
