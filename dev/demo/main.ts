/**
 * `npm run demo:cluster`: a Kubernetes cluster on this machine, havock8s in it as its users install it, and the demo on two
 * of its pods. At the end the cluster is gone, whatever happened.
 */
import { Command } from 'commander';
import { SignalInbox } from '../../cli/commands/local/signal-inbox.js';
import { exitCode } from '../../cli/exit-code.js';
import { openConsole } from '../../cli/terminal/console.js';
import { HavocError } from '../../core/havoc-error.js';
import { Closing } from '../closing.js';
import { clusterVariable } from '../cluster/cluster.js';
import { clusterInside, type Inner, runInside } from './control-network.js';
import { playDemo } from './play.js';
import { setupOn } from './setup.js';

interface Flags {
  readonly quick: boolean;
  readonly svg: string;
}

const interrupted = exitCode.signalled + 2;
const startedMs = performance.now();

const program = new Command('npm run demo:cluster --')
  .description(
    `A real PostgreSQL and its replica in a real Kubernetes, which is brought up on this machine and taken down again: faults by \`kubectl annotate\`, eight clients, and an account of every acknowledged row. Each command is shown as anybody would type it.

Needs root, Go and Debian packages; what can be installed is. The first time takes minutes, later ones three.`,
  )
  .option('--quick', 'three actions of seven: freeze, a partition, a pod that is deleted', false)
  .option('--svg <FILE>', 'where the picture goes', 'havock8s-demo-cluster.svg')
  .addHelpText(
    'after',
    `
Environment:
  ${clusterVariable}  the name of a cluster of \`npm run cluster\` to play on, which stays

Exit codes:
  0  every acknowledged row is there, on both
  1  some are not, or the demo could not be played
  130  it was interrupted`,
  )
  .showHelpAfterError()
  .action(async (flags: Flags) => {
    process.exitCode = await main(flags);
  });

/** Twice: once to have a cluster, once more in its network. */
async function main({ quick, svg }: Flags): Promise<number> {
  const clusterName = clusterInside(process.env);
  if (clusterName === null) return onSomeCluster();
  const console = openConsole(false);
  const stop = new AbortController();
  const inbox = new SignalInbox(() => stop.abort());
  await using closing = new Closing();
  closing.defer(() => inbox.close());
  console.out.line(
    console.out.ink.bold(
      'havock8s: a real PostgreSQL and its replica in Kubernetes, on a disk and a network that misbehave',
    ),
  );
  console.out.line(
    console.out.ink.dim(
      '  installing havock8s, and two PostgreSQLs on two nodes, as anybody would type it ...',
    ),
  );
  try {
    return await playDemo({ clusterName, quick, svg, console, signal: stop.signal, closing });
  } catch (error) {
    if (stop.signal.aborted) return interrupted;
    throw error;
  }
}

async function onSomeCluster(): Promise<number> {
  const setup = setupOn(process.env[clusterVariable], say);
  let inner: Inner | undefined;
  let stopped = false;
  const inbox = new SignalInbox((signal) => {
    stopped = true;
    inner?.send(signal);
    // It may not be up yet, and then does not get up any more.
    if (inner === undefined) void setup.close().catch(() => undefined);
  });
  try {
    const cluster = await setup.open();
    if (stopped) return interrupted;
    inner = runInside(cluster, process.argv.slice(1), process.env);
    return await inner.ended;
  } catch (error) {
    if (stopped) return interrupted;
    throw error;
  } finally {
    await setup.close();
    inbox.close();
  }
}

function say(line: string): void {
  console.log(`  ${((performance.now() - startedMs) / 1000).toFixed(1).padStart(5)} s  ${line}`);
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof HavocError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = exitCode.failed;
}
