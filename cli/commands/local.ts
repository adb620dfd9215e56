/** `havock8s local`: the sidecar around a command, without Kubernetes. */
import { Command } from 'commander';
import { controlVariable, defaultControl } from '../client/control-url.js';
import { append, consoleOf } from '../command-options.js';
import type { Console } from '../terminal/console.js';
import { mayMount } from './local/capabilities.js';
import { checkFuse } from './local/check-fuse.js';
import { diskSyntax } from './local/disk-option.js';
import { listenSyntax } from './local/listen-option.js';
import { type LocalFlags, readLocalPlan } from './local/local-plan.js';
import { checkNamespace, isInNamespace, runInNamespace } from './local/namespace.js';
import { reportMissing } from './local/report-missing.js';

export function localCommand(): Command {
  const usual = `${defaultControl.host}:${defaultControl.port}`;
  return new Command('local')
    .summary('run a command on a disk and a network that can misbehave')
    .description(
      'Serves directories through a disk that can misbehave, and connections through a network that can, and runs a command on them, or waits for Ctrl-C.',
    )
    .argument('[command...]', 'what to run, behind --; havock8s ends when it does, with its exit code')
    .option(`--disk <${diskSyntax}>`, 'serve BACKING at the empty directory MOUNT; may be repeated', append)
    .option(
      `--listen <${listenSyntax}>`,
      'take connections to PORT (of 127.0.0.1 unless HOST is given) and lead them on; may be repeated',
      append,
    )
    .option(
      '--inbound <port,...>',
      'take connections that come in to these ports, unseen by either side; needs CAP_NET_ADMIN',
    )
    .option('--outbound <port,...>', 'take connections that go out to these ports of other hosts, likewise')
    .option(
      '--node <address,...>',
      'addresses that are spared unless a sentence says node, beside the gateways; with --inbound or --outbound',
    )
    .option(
      '--annotations <file>',
      'arm the faults in FILE, and follow it: lines of fault.havock8s.io/NAME="SENTENCE"',
    )
    .option('--fault <name=sentence>', 'arm this fault from the start; may be repeated', append)
    .option(
      '--control <host:port>',
      `where to listen for arm, ls, watch; port 0: any (default: ${usual}, or any if taken)`,
    )
    .option('--open-control', 'let every user of this machine change faults, not only yours and root')
    .option(
      '--state <dir>',
      'keep here what must outlive a restart: deadlines; and the url, in DIR/control-url',
    )
    .option('--user <uid[:gid]>', 'run the command as this user, by name or number, with their groups')
    .option('--seed <n>', 'roll the same dice as with this N before; without it, by chance')
    .addHelpText('after', examples)
    .action(async (command: readonly string[], flags: LocalFlags, self: Command) => {
      try {
        process.exitCode = await local(command, flags, consoleOf(self));
      } finally {
        // Whatever still holds this process when all is done must not keep a script waiting.
        setTimeout(() => process.exit(), 2000).unref();
      }
    });
}

async function local(command: readonly string[], flags: LocalFlags, console: Console): Promise<number> {
  const plan = await readLocalPlan(flags);
  const missing = reportMissing(command, console);
  if (missing !== null) return missing;
  if (plan.disks.length > 0) checkFuse();
  if (plan.disks.length === 0 || mayMount() || isInNamespace(console.env)) {
    // It calls the kernel of Linux; every other command also runs elsewhere.
    const { runLocal } = await import('./local/run-local.js');
    return runLocal(plan, command, console);
  }
  checkNamespace();
  return runInNamespace(process.argv.slice(1), console.env);
}

const examples = `
Examples:
  A shell on a disk whose every fsync takes 200 ms longer:
    mkdir -p /tmp/real /tmp/disk
    havock8s local --disk /tmp/real=/tmp/disk --fault 'slow=disk latency 200ms on fsync' -- bash

  PostgreSQL as its own user; faults come and go with the lines of a file:
    havock8s local --disk data:/srv/pg=/mnt/pg --annotations faults.txt --user postgres -- postgres -D /mnt/pg

  Connections to 6432 go on to PostgreSQL, 80 ms later each way; no root needed:
    havock8s local --listen 6432=127.0.0.1:5432 --fault 'lag=tcp latency 80ms'

  Whatever comes in to this host's 5432 goes through us, and the server still sees who it is:
    havock8s local --inbound 5432 --fault 'cut=tcp partition from 10.0.7.0/24 for 30s'

  Only the disk, until Ctrl-C; from another shell: havock8s arm full disk full after 64Mi
    havock8s local --disk /srv/pg=/mnt/pg --disk logs:/srv/logs=/mnt/logs:ro

A disk is ${diskSyntax}; NAME is what a sentence calls it (volume NAME), else the last part of MOUNT.
The command finds the control endpoint in ${controlVariable}. It keeps the terminal: Ctrl-C is its own, and
twice within 2 s ends it. SIGTERM switches every fault off and ends it, by SIGKILL after 30 s; a second one at once.

As root, everybody sees the mount. Without root it lives in a user and mount namespace that only the command
and its children see.

Exit codes:
  the command's own, or 128 and the number of the signal that ended it; without a command 0
  1    the sidecar failed
  2    bad usage or a bad sentence; nothing was started
  126  the command may not be executed
  127  the command is not to be found`;
