/**
 * The life of `havock8s run`: the sidecar, the command on its disks and ports, the experiment against it, its verdict.
 *
 *     place ─► sidecar ─► command ─► execute ─► verdict ─► the command's end ─► close
 */
import { systemClock } from '../../../core/clock.js';
import { messageOf } from '../../../core/havoc-error.js';
import { programVersion } from '../../../core/program-version.js';
import { planOf } from '../../../experiment/engine/plan.js';
import type { Experiment, LocalSpec } from '../../../experiment/file/experiment.js';
import { JournalFile } from '../../../experiment/journal/journal-file.js';
import { measure } from '../../../experiment/probes/measure.js';
import { execute } from '../../../experiment/run/execute.js';
import { KeptLedger } from '../../../experiment/run/kept-ledger.js';
import { localSecret } from '../../../experiment/secret.js';
import type { Judgement } from '../../../experiment/verdict.js';
import { LocalWorld } from '../../../experiment/worlds/local/local-world.js';
import type { Sidecar } from '../../../sidecar/supervise/local/local-options.js';
import { BadInput } from '../../bad-input.js';
import { ControlClient } from '../../client/control-client.js';
import { newFileProblem } from '../../new-file-problem.js';
import type { Console } from '../../terminal/console.js';
import { panelOn } from '../../terminal/panel.js';
import { type CloseOptions, closeSidecar } from '../local/close-sidecar.js';
import { type LocalPlan, readLocalPlan } from '../local/local-plan.js';
import { isInNamespace } from '../local/namespace.js';
import { SignalInbox } from '../local/signal-inbox.js';
import { startLocal } from '../local/start-local.js';
import { KeptCommand } from './kept-command.js';
import { hasLiveView, liveOn, type RunConsole } from './live.js';
import { type LocalPlace, localPlace } from './local-place.js';

export interface RunRequest {
  readonly experiment: Experiment;
  readonly local: LocalSpec;
  /** Of the file; null: standard input. */
  readonly path: string | null;
  readonly command: readonly string[];
  readonly journal: string;
  readonly user: string | undefined;
}

/** Rejects with `BadInput`, or with what kept the sidecar from starting or the journal from being written. */
export async function runExperiment(request: RunRequest, console: Console): Promise<Judgement> {
  const place = localPlace(request.local, request);
  try {
    return await inPlace(request, place, { ...console, err: panelOn(console.err) });
  } finally {
    place.remove();
  }
}

async function inPlace(request: RunRequest, place: LocalPlace, console: RunConsole): Promise<Judgement> {
  const stop = new AbortController();
  const inbox = new SignalInbox((signal) => stop.abort(signal));
  let journal: JournalFile | null = null;
  try {
    const plan = await readLocalPlan(place.flags);
    const written = journalAt(request.journal);
    journal = written;
    const ledger = ledgerOf(request);
    const sidecar = await startLocal(plan, console);
    console.err.line(`havock8s: what is armed: havock8s ls --control ${new URL(sidecar.controlUrl).host}`);
    const command = commandOf(request, { place, plan, sidecar, console });
    const experimentPlan = planOf(request.experiment);
    const live = liveOn(console, experimentPlan);
    try {
      return await execute({
        plan: experimentPlan,
        world: worldOf(sidecar, command),
        clock: systemClock,
        past: [],
        append: (event) => {
          written.append(event);
          live.note(event);
        },
        // Each line is written when it is appended.
        flush: async () => {},
        ledger,
        measure: (question, signal) =>
          measure(question, {
            clock: systemClock,
            signal,
            variables: place.variables,
            ledger: () => ledger?.now() ?? null,
            secret: localSecret,
          }),
        version: programVersion(),
        signal: stop.signal,
      });
    } finally {
      live.close();
      await ledger?.close();
      await ended(command, sidecar, { inbox, console });
    }
  } finally {
    inbox.close();
    journal?.close();
  }
}

/** First the command, so that its disk is there for its last words. */
async function ended(command: KeptCommand, sidecar: Sidecar, options: CloseOptions): Promise<void> {
  try {
    await command.stop();
  } finally {
    await closeSidecar(sidecar, options);
  }
}

interface Started {
  readonly place: LocalPlace;
  readonly plan: LocalPlan;
  readonly sidecar: Sidecar;
  readonly console: RunConsole;
}

const commandOf = ({ command, local }: RunRequest, { place, plan, sidecar, console }: Started): KeptCommand =>
  new KeptCommand({
    command,
    account: plan.account,
    controlUrl: sidecar.controlUrl,
    env: console.env,
    variables: place.variables,
    // Its words are not the verdict, and stand above what changes in place.
    ...(hasLiveView(console)
      ? { stdio: ['ignore', 'pipe', 'pipe'], onLine: (line) => console.err.line(line) }
      : { stdio: ['ignore', console.json ? 2 : 'inherit', 'inherit'] }),
    dropCapabilities: isInNamespace(console.env),
    restart: local.restart,
  });

const worldOf = (sidecar: Sidecar, command: KeptCommand): LocalWorld =>
  new LocalWorld({
    control: new ControlClient(new URL(sidecar.controlUrl)),
    commandPid: () => command.pid,
    faultProxyPid: () => sidecar.proxyPid(),
    begin: (tell) => {
      sidecar.failed.catch((error) =>
        tell({ type: 'stopped', verdict: 'Error', reason: 'SidecarFailed', message: messageOf(error) }),
      );
      command.start(tell);
    },
  });

/** What it remembers stays beside the journal: it can be read back once more (`havock8s ledger read-back`). */
function ledgerOf({ experiment, journal }: RunRequest): KeptLedger | null {
  const { ledger } = experiment.spec;
  // One of a cluster is refused where there are no targets.
  return ledger === undefined || ledger.kind === 'statefulSet'
    ? null
    : new KeptLedger(ledger, {
        stateDir: `${journal}.ledger`,
        clock: systemClock,
        secret: localSecret,
      });
}

function journalAt(path: string): JournalFile {
  try {
    return new JournalFile(path);
  } catch (error) {
    throw new BadInput([{ subject: `--journal ${path}`, message: newFileProblem(error) }]);
  }
}
