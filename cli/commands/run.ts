/** `havock8s run`: an experiment on this machine or in a cluster, ending with a verdict. */
import { statSync } from 'node:fs';
import { Command } from 'commander';
import type { Experiment } from '../../experiment/file/experiment.js';
import { duration } from '../../faults/values/duration.js';
import { BadInput } from '../bad-input.js';
import { addOptions, connectOptions, isOfCluster, namespaceOption } from '../cluster/cluster-flags.js';
import { consoleOf } from '../command-options.js';
import type { Console } from '../terminal/console.js';
import { inNamespace, needsNamespace } from './run/in-namespace.js';
import type { ClusterRunFlags } from './run/run-in-cluster.js';
import type { LocalRunFlags } from './run/run-locally.js';

interface RunFlags extends LocalRunFlags, ClusterRunFlags {
  readonly filename: string;
  readonly timeout?: string;
}

export function runCommand(): Command {
  const command = new Command('run')
    .summary('run an experiment, here or in a cluster, and say its verdict')
    .description(
      'Runs an experiment: on this machine it starts the command on the disks and ports that the file names; in a cluster it creates the Experiment, and follows it. It waits until the hypothesis holds, carries out the steps, waits until all is well again, and ends with a verdict. However it ends, no fault is left behind.',
    )
    .argument(
      '[command...]',
      'the program under test and its arguments; without it local.command of the file',
    )
    .requiredOption('-f, --filename <file>', 'the experiment: YAML or JSON, - for standard input')
    .option(
      '--journal <file>',
      'where everything that happens is written (default: havock8s-runs/NAME-TIME-XXXX.jsonl; in a cluster in the ConfigMap NAME-journal)',
    )
    .option('--report <file.html>', 'write what the run came to there, as a page for people')
    .option('--junit <file.xml>', 'write what the run came to there, for CI')
    .option('--user <uid[:gid]>', 'run the command as this user, by name or number, with their groups')
    .option('--generate-name', 'in a cluster: add a part to the name, so that the file can be run again')
    .option('--no-wait', 'in a cluster: create it, and leave it to its controller')
    .option('--timeout <duration>', 'in a cluster: stop it when it is not over after this time');
  return addOptions(command, [namespaceOption(), ...connectOptions()])
    .addHelpText('after', examples)
    .action(async (words: readonly string[], flags: RunFlags, self: Command) => {
      const console = consoleOf(self);
      try {
        process.exitCode = await run(words, flags, { console, isCluster: isOfCluster(flags, self) });
      } finally {
        // Whatever still holds this process when all is done must not keep a script waiting.
        setTimeout(() => process.exit(), 2000).unref();
      }
    });
}

interface Where {
  readonly console: Console;
  /** Does the command line say so? */
  readonly isCluster: boolean;
}

async function run(
  words: readonly string[],
  flags: RunFlags,
  { console, isCluster }: Where,
): Promise<number> {
  // What can be read only once is read by who needs it.
  if (!isCluster && needsNamespace(console) && !isFile(flags.filename)) return inNamespace(console);
  // Loaded here: no other command pays for it.
  const { experimentFile } = await import('./run/experiment-files.js');
  const file = await experimentFile(flags.filename);
  const { local, targets } = file.experiment.spec;
  if (isCluster || (local === undefined && targets.length > 0)) {
    const timeoutMs = checkedForCluster(words, flags);
    const { runInCluster } = await import('./run/run-in-cluster.js');
    return runInCluster({ file, timeoutMs }, flags, console);
  }
  checkLocal(file.experiment, flags);
  if (local === undefined)
    throw new BadInput([
      {
        subject: flags.filename,
        message:
          'has neither spec.local nor spec.targets; expected the disks and ports of a command, or the pods of a cluster',
      },
    ]);
  const { runLocally } = await import('./run/run-locally.js');
  return runLocally({ file, local, words }, flags, console);
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? path !== '-';

/** The time limit; null: none is given. Throws `BadInput`. */
function checkedForCluster(words: readonly string[], { user, timeout }: RunFlags): number | null {
  const message = 'is of a run on this machine; in a cluster the pods of spec.targets run already';
  const problems = [
    ...(words.length > 0 ? [{ subject: 'COMMAND', message }] : []),
    ...(user === undefined ? [] : [{ subject: '--user', message }]),
  ];
  const reading = timeout === undefined ? null : duration({ min: 1000, max: longestMs }).read(timeout);
  if (reading?.kind === 'flaw')
    problems.push({ subject: `--timeout ${timeout}`, message: reading.flaw.message });
  if (problems.length > 0) throw new BadInput(problems);
  return reading?.kind === 'value' ? reading.value : null;
}

const longestMs = 7 * 24 * 3_600_000;

/** Throws `BadInput`. */
function checkLocal({ spec }: Experiment, { generateName, wait, timeout }: RunFlags): void {
  const message = `is of a run in a cluster; ${spec.targets.length > 0 ? 'expected -n NAMESPACE beside it' : 'the file names no spec.targets'}`;
  const given = {
    '--generate-name': generateName === true,
    '--no-wait': wait === false,
    '--timeout': timeout !== undefined,
  };
  const problems = Object.entries(given).flatMap(([subject, is]) => (is ? [{ subject, message }] : []));
  if (problems.length > 0) throw new BadInput(problems);
}

const examples = `
Examples:
  havock8s run -f slow-fsync.yaml -- postgres -D /mnt/pg
  havock8s run -f slow-fsync.yaml --output json | jq -r .verdict
  havock8s run -f slow-wal.yaml -n shop --generate-name --junit junit.xml --report report.html

Where it runs: what has spec.targets, in a cluster, carried out by its controller; what has spec.local, on this machine.
What has both runs here, unless -n, --context or --kubeconfig is given, and in the cluster always as \`kubectl havock8s\`.
In a cluster Ctrl-C, and --timeout, tell the run to stop, and wait until all is off; Ctrl-C once more leaves it
to its controller.

A small experiment, in full: a web server whose disk is slow must answer every request within 2 s.
  apiVersion: havock8s.io/v1alpha1
  kind: Experiment
  metadata: { name: slow-disk }
  spec:
    local:
      disks: [{ name: www }]
      command: [sh, -c, 'cd "$HAVOCK8S_DISK_WWW" && echo hello >index.html && exec python3 -m http.server 8080']
    hypothesis:
      probes:
        - { name: page, http: { url: 'http://127.0.0.1:8080/' }, interval: 500ms, timeout: 2s }
    steps:
      - { name: slow, fault: 'disk latency 300ms on open,read for 5s' }

A disk without backing and mount is made for the run. The command finds it in HAVOCK8S_DISK_NAME.

Exit codes, by the verdict:
  0  Passed: the hypothesis held, each fault hit, all was well again in time
  1  Failed: it did not
  2  the file or the command line is wrong; nothing was started
  3  Inconclusive: nothing can be said, as when a fault hit nothing, or a probe measured too little
  4  Aborted: by you, a probe with abort, or the time limit
  5  Error: havock8s could not do what the file says

Without a verdict, in a cluster: 3 where it did not stop in time, 130 where Ctrl-C left it. With --no-wait: 0 when it is created.`;
