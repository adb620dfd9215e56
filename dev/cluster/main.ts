/** `npm run cluster`: a real Kubernetes cluster on this machine, without Docker or kind. */
import { Command, InvalidArgumentError } from 'commander';
import { exitCode } from '../../cli/exit-code.js';
import { Cluster } from './cluster.js';
import { maximumNodes } from './cluster-plan.js';
import { prepareCluster } from './prepare-cluster.js';
import { environmentOf, statusOf, statusText } from './status.js';
import { whyNoCluster } from './why-no-cluster.js';
import { withArchive } from './with-archive.js';

const program = new Command('npm run cluster --')
  .description(
    'A real Kubernetes 1.34 on this machine: etcd, kube-apiserver, controllers and CoreDNS, and nodes with containerd, kubelet\nand kube-proxy, each in namespaces of its own. Needs root, Go and Debian packages; what can be installed is.',
  )
  .option('--name <NAME>', 'which cluster: several can be up', 'havock8s')
  .showHelpAfterError();

program
  .command('up')
  .description(
    'bring it up, with the images of havock8s and of the databases; what one of this name left behind goes first',
  )
  .option('--nodes <N>', `how many, 1 to ${maximumNodes}`, count, 3)
  .action(async ({ nodes }: { nodes: number }) => {
    const lack = await whyNoCluster();
    if (lack !== null) throw new Error(`no cluster can be brought up here: ${lack}`);
    await prepareCluster({ name: name(), nodes, keep: true, say });
    say(`up: eval "$(npm run --silent cluster -- env)" lets kubectl find it`);
  });

program
  .command('down')
  .description('end it: no process, mount, namespace, nft table or cgroup stays')
  .action(async () => {
    say((await Cluster.down(name())) ? `${name()} is down` : `${name()} was not up`);
  });

program
  .command('status')
  .description('what of it is up')
  .option('--output <FORMAT>', 'text or json', 'text')
  .action(async ({ output }: { output: string }) => {
    const status = await statusOf(name());
    console.log(output === 'json' ? JSON.stringify(status, null, 2) : statusText(status));
    if (!status.isUp) process.exitCode = exitCode.failed;
  });

program
  .command('load')
  .argument(
    '<image>',
    'an archive as docker or OCI writes it, or the name of an image that docker or podman has',
  )
  .description('give an image to every node')
  .action(async (image: string) => {
    await withArchive(image, (archive) => found().load(archive));
    say(`every node has ${image}`);
  });

program
  .command('env')
  .description('shell lines that set KUBECONFIG, and PATH for its kubectl')
  .action(() => console.log(environmentOf(found())));

const startedMs = performance.now();

/** To the standard error: what `env` prints is for a shell. */
function say(line: string): void {
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stderr.write(`${seconds.padStart(6)} s  ${line}\n`);
}

const name = (): string => program.opts<{ name: string }>().name;

function found(): Cluster {
  const cluster = Cluster.find(name());
  if (cluster === null) throw new Error(`${name()} is not up: npm run cluster -- up`);
  return cluster;
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > maximumNodes)
    throw new InvalidArgumentError(`It must be 1 to ${maximumNodes}.`);
  return number;
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCode.failed;
}
