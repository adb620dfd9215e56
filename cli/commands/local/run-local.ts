/**
 * The life of `havock8s local`: the sidecar around COMMAND, or until somebody ends it.
 *
 *     start ─► report ─► COMMAND ─► its end ─► close ─► exit code
 *                   └──► a signal ───────────────┘
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { LocalOptions, Sidecar } from '../../../sidecar/supervise/local/local-options.js';
import { exitCode } from '../../exit-code.js';
import type { Console } from '../../terminal/console.js';
import { closeSidecar } from './close-sidecar.js';
import type { LocalPlan } from './local-plan.js';
import { reportStart } from './report-start.js';
import { runCommand } from './run-command.js';
import { showLog, shownLevel } from './show-log.js';
import { SignalInbox } from './signal-inbox.js';
import type { StopSignal } from './stop-policy.js';

/** Resolves with the exit code. Rejects with what kept the sidecar from starting or working. */
export async function runLocal(
  plan: LocalPlan,
  command: readonly string[],
  console: Console,
): Promise<number> {
  let early: StopSignal | undefined;
  const inbox = new SignalInbox((signal) => {
    early ??= signal;
  });
  try {
    const sidecar = await start(plan, console);
    try {
      if (early === undefined) await reportStart(sidecar, { plan, command, console });
      // Also while it was being told: from here on nothing is waited for before somebody else listens.
      if (early !== undefined) return exitCode.signalled + constants.signals[early];
      if (command.length === 0) return await untilAsked(sidecar, inbox);
      return await runCommand(sidecar, { plan, command, inbox, console });
    } finally {
      await closeSidecar(sidecar, { inbox, console });
      if (plan.stateDir !== null) rmSync(urlFile(plan.stateDir), { force: true });
    }
  } finally {
    inbox.close();
  }
}

async function start(plan: LocalPlan, console: Console): Promise<Sidecar> {
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

/** To be asked to end is how this ends well. */
function untilAsked(sidecar: Sidecar, inbox: SignalInbox): Promise<number> {
  const asked = new Promise<number>((resolve) => {
    inbox.listener = () => resolve(exitCode.done);
  });
  return Promise.race([asked, sidecar.failed]);
}
