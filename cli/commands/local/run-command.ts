/** COMMAND on the served disks, until it ends, or is ended because somebody asks or the sidecar fails. */
import type { Sidecar } from '../../../sidecar/supervise/local/local-options.js';
import { ControlClient } from '../../client/control-client.js';
import { exitCode } from '../../exit-code.js';
import type { Console } from '../../terminal/console.js';
import { CommandStopper } from './command-stopper.js';
import { terminalTies } from './foreground.js';
import type { LocalPlan } from './local-plan.js';
import { isInNamespace } from './namespace.js';
import type { SignalInbox } from './signal-inbox.js';
import { type RunningCommand, startCommand } from './start-command.js';

export interface RunOptions {
  readonly plan: LocalPlan;
  readonly command: readonly string[];
  readonly inbox: SignalInbox;
  readonly console: Console;
}

/** Resolves with the exit code of COMMAND. Rejects with what became of the sidecar, when COMMAND has ended. */
export async function runCommand(sidecar: Sidecar, options: RunOptions): Promise<number> {
  const { plan, command, inbox, console } = options;
  const running = startCommand({
    command,
    account: plan.account,
    controlUrl: sidecar.controlUrl,
    env: console.env,
    dropCapabilities: isInNamespace(console.env),
  });
  const stopper = stopperOf(running, sidecar, console);
  inbox.listener = (signal) => stopper.signal(signal);
  const ended = Promise.race([running.ended, stopper.gaveUp.then(() => giveUp(running, console))]);
  try {
    return await Promise.race([ended, sidecar.failed]);
  } catch (error) {
    stopper.signal('SIGTERM');
    await ended.catch(() => {});
    throw error;
  } finally {
    stopper.close();
  }
}

function stopperOf(running: RunningCommand, sidecar: Sidecar, console: Console): CommandStopper {
  const hint = hintOnce(console);
  return new CommandStopper({
    kill: running.kill,
    hasTerminal: terminalTies().hasTerminal,
    // Without a terminal at stdin it is more likely that a program sent it, and COMMAND has not got it.
    isShared: () => process.stdin.isTTY === true && terminalTies().inForeground,
    nowMs: () => performance.now(),
    onEnding: () => void disarmAll(sidecar, console),
    onLeft: hint,
  });
}

/** Off with every fault, without the mounts going: what is to end must be able to. */
async function disarmAll({ controlUrl }: Sidecar, { err }: Console): Promise<void> {
  try {
    await new ControlClient(new URL(controlUrl)).disarmAll();
  } catch (error) {
    err.line(
      `havock8s: the faults could not be switched off: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function hintOnce({ err, json }: Console): () => void {
  let said = json;
  return () => {
    if (!said) err.line('havock8s: Ctrl-C is left to the command; twice within 2 s ends it');
    said = true;
  };
}

function giveUp({ pid }: RunningCommand, { err }: Console): number {
  err.line(`havock8s: process ${pid} does not end, not even by SIGKILL; leaving it`);
  return exitCode.failed;
}
