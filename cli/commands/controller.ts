/** `havock8s controller`: what carries on the experiments of a cluster. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { ControllerOptions } from '../../controller/controller-options.js';
import { BadInput, type InputProblem } from '../bad-input.js';
import { consoleOf, logLevelOption } from '../command-options.js';
import { ownNamespace } from '../own-namespace.js';

interface ControllerFlags {
  readonly metricsPort: string;
  readonly namespace?: string;
  readonly lease: string;
  readonly stateDir: string;
  readonly kubeconfig?: string;
  readonly logLevel: ControllerOptions['logLevel'];
}

export function controllerCommand(): Command {
  return new Command('controller')
    .summary('carry on the experiments of a cluster')
    .description(
      'Watches the Experiments of a cluster and carries each of them on to its verdict: finds the pods, asks safety, sets and takes away annotations, asks sidecars what was hit, and keeps a journal.',
    )
    .option('--metrics-port <port>', '/metrics, /readyz and /livez, by HTTP; 0: any', '8080')
    .option(
      '--namespace <name>',
      'where the controller lives (default: POD_NAMESPACE, or its service account)',
    )
    .option('--lease <name>', 'by which the replicas agree who leads', 'havock8s-controller')
    .option(
      '--state-dir <dir>',
      'where ledgers remember what was acknowledged',
      join(tmpdir(), 'havock8s-controller'),
    )
    .option('--kubeconfig <file>', 'how to reach the API server (default: as kubectl, or as a pod does)')
    .addOption(logLevelOption())
    .addHelpText('after', notes)
    .action(async (flags: ControllerFlags, self: Command) => {
      const options = readOptions(flags, consoleOf(self).env);
      // What talks to an API server costs 76 MB, and no other command is to have it.
      const { runController } = await import('../../controller/main.js');
      await runController(options);
    });
}

/** Throws BadInput with every problem. */
function readOptions(flags: ControllerFlags, env: NodeJS.ProcessEnv): ControllerOptions {
  const { lease, stateDir, kubeconfig = null, logLevel } = flags;
  const problems: InputProblem[] = [];
  const namespace = flags.namespace ?? ownNamespace(env);
  const metricsPort = Number(flags.metricsPort);
  if (!/^\d{1,5}$/.test(flags.metricsPort) || metricsPort > 65_535)
    problems.push({
      subject: `--metrics-port ${flags.metricsPort}`,
      message: 'is no port; expected 0 to 65535',
    });
  if (namespace === undefined)
    problems.push({
      subject: '--namespace',
      message: 'is missing, and this is no pod; expected the namespace in which the controller lives',
    });
  if (kubeconfig !== null && !existsSync(kubeconfig))
    problems.push({ subject: `--kubeconfig ${kubeconfig}`, message: 'is not there' });
  if (problems.length > 0 || namespace === undefined) throw new BadInput(problems);
  return { metricsPort, namespace, lease, stateDir, kubeconfig, logLevel };
}

const notes = `
Examples:
  In a pod, as the manifests run it:
    havock8s controller

  Outside the cluster, to see it work:
    havock8s controller --kubeconfig ~/.kube/config --namespace havock8s-system --log-level debug

Of several replicas one leads. When it ends or dies the next one goes on at the journal of each run; meanwhile every
fault ends at its time, by its own sidecar.

Exit codes:
  0  ended as asked
  1  it failed: no cluster, a port that is taken
  2  bad flags; nothing was opened`;
