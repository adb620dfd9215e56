/**
 * The life of `havock8s local`: the sidecar around COMMAND, or until somebody ends it.
 *
 *     start ─► report ─► COMMAND ─► its end ─► close ─► exit code
 *                   └──► a signal ───────────────┘
 */
import { constants } from 'node:os';
import type { Sidecar } from '../../../sidecar/supervise/local/local-options.js';
import { exitCode } from '../../exit-code.js';
import type { Console } from '../../terminal/console.js';
import { closeSidecar } from './close-sidecar.js';
import type { LocalPlan } from './local-plan.js';
import { reportStart } from './report-start.js';
import { runCommand } from './run-command.js';
import { SignalInbox } from './signal-inbox.js';
import { forgetLocal, startLocal } from './start-local.js';
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
    const sidecar = await startLocal(plan, console);
    try {
      if (early === undefined) await reportStart(sidecar, { plan, command, console });
      // Also while it was being told: from here on nothing is waited for before somebody else listens.
      if (early !== undefined) return exitCode.signalled + constants.signals[early];
      if (command.length === 0) return await untilAsked(sidecar, inbox);
      return await runCommand(sidecar, { plan, command, inbox, console });
    } finally {
      await closeSidecar(sidecar, { inbox, console });
      forgetLocal(plan);
    }
  } finally {
    inbox.close();
  }
}

/** To be asked to end is how this ends well. */
function untilAsked(sidecar: Sidecar, inbox: SignalInbox): Promise<number> {
  const asked = new Promise<number>((resolve) => {
    inbox.listener = () => resolve(exitCode.done);
  });
  return Promise.race([asked, sidecar.failed]);
}
