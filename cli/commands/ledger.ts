/** `havock8s ledger`: what a database acknowledged, held against what it has in the end. */
import { rmSync } from 'node:fs';
import { Command, Option } from 'commander';
import { ledgerPort } from '../../core/pod-layout.js';
import { append, consoleOf, logLevelOption } from '../command-options.js';
import { exitCode } from '../exit-code.js';
import type { Console } from '../terminal/console.js';
import {
  type LedgerFlags,
  passwordVariable,
  readLedgerFlags,
  readReadBackFlags,
  readServeFlags,
} from './ledger/ledger-flags.js';
import { ledgerExitCode, showResult } from './ledger/show-result.js';
import { watchLedger } from './ledger/watch-ledger.js';

export function ledgerCommand(): Command {
  return new Command('ledger')
    .summary('write to a database, and find out what it loses')
    .description(
      'Writes numbered entries to a database, remembers on disk those that it acknowledged, and in the end reads all back: what is lost, stale, there twice or not as written, and when nobody could write. Ends after --for, or with Ctrl-C.',
    )
    .option('--postgres <url>', 'a PostgreSQL; the ledger makes a table of its own there')
    .option('--mysql <url>', 'a MySQL or MariaDB; likewise')
    .option('--redis <url>', 'a Redis or Valkey; the ledger makes keys of its own there')
    .option('--etcd <url>', 'an etcd; likewise')
    .option('--writers <n>', 'clients that write, each its next entry when the last one is answered', '4')
    .option('--readers <n>', 'clients that look for what was acknowledged before', '1')
    .option(
      '--registers <n>',
      'clients that read, write and swap a few values all at once; Redis and etcd',
      '3',
    )
    .option('--for <duration>', 'end after so long, such as 30s; without it, with Ctrl-C')
    .addOption(readBackFromOption())
    .option(
      '--state <dir>',
      'keep here what was acknowledged; without it, in a new folder for temporary files',
    )
    .addOption(passwordOption())
    .addOption(timeoutOption())
    .addOption(withinOption())
    .option(
      '--keep',
      'leave in the database what the ledger made there, also where everything is as it must be',
    )
    .addHelpText('after', examples)
    .action(async (flags: LedgerFlags, command: Command) => {
      process.exitCode = await keepLedger(flags, consoleOf(command));
    })
    .addCommand(readBackCommand())
    .addCommand(serveCommand());
}

function readBackCommand(): Command {
  return new Command('read-back')
    .summary('judge again what a ledger remembers')
    .description('Reads all back once more: after one more crash, or of a ledger that was killed.')
    .argument('<dir>', 'the state folder of the ledger')
    .addOption(readBackFromOption())
    .addOption(passwordOption())
    .addOption(timeoutOption())
    .addOption(withinOption())
    .action(async (folder: string, _: LedgerFlags, command: Command) => {
      // `ledger` has these options too, and takes them first.
      process.exitCode = await readBack(folder, command.optsWithGlobals<LedgerFlags>(), consoleOf(command));
    });
}

function serveCommand(): Command {
  return new Command('serve')
    .summary('keep the ledgers of runs, in a pod beside the application')
    .description(
      'Keeps a ledger for each run that asks for one, by an annotation of its pod, reads it back when it is asked to, and shows by HTTP what it knows. Nothing can be changed there. Which database, by the options of ledger.',
    )
    .option('--port <port>', 'where what it knows is read, by HTTP; 0: any', `${ledgerPort}`)
    .option(
      '--annotations <file>',
      'the annotations of the pod, as the downward API writes them',
      ledgerPodFiles.annotations,
    )
    .addOption(stateOption().default(ledgerPodFiles.state))
    .addOption(readBackFromOption())
    .addOption(passwordOption())
    .addOption(withinOption())
    .addOption(logLevelOption())
    .action(async (_: LedgerFlags, command: Command) => {
      const flags = command.optsWithGlobals<LedgerFlags & { readonly logLevel: string }>();
      const plan = await readServeFlags(flags, consoleOf(command).env);
      const { serveLedger } = await import('./ledger/serve-ledger.js');
      await serveLedger(plan, { logLevel: flags.logLevel, podUid: process.env['HAVOCK8S_POD_UID'] ?? null });
    });
}

/** As the manifests have them. */
const ledgerPodFiles = { state: '/var/lib/havock8s', annotations: '/havock8s/pod/annotations' } as const;

const stateOption = (): Option => new Option('--state <dir>', 'keep here what was acknowledged');

const readBackFromOption = (): Option =>
  new Option(
    '--read-back-from <url>',
    'in place of the database, read back from this address, a replica or one that was promoted; may be repeated, and each must have everything',
  ).argParser(append);

const passwordOption = (): Option =>
  new Option('--password-file <file>', `the password (default: of ${passwordVariable})`);

const timeoutOption = (): Option =>
  new Option('--timeout <duration>', 'the longest wait for an answer').default('5s');

const withinOption = (): Option =>
  new Option(
    '--within <duration>',
    'read back within so long, with waiting for a database that is away',
  ).default('1m');

async function keepLedger(flags: LedgerFlags, console: Console): Promise<number> {
  const { options, forMs } = await readLedgerFlags(flags, console.env);
  const { startLedger } = await import('../../experiment/ledger/ledger.js');
  const { systemClock } = await import('../../core/clock.js');
  const removeOwnFolder = (): void => {
    if (flags.state === undefined) rmSync(options.stateDir, { recursive: true });
  };
  const ledger = await startLedger(options, systemClock).catch((error: unknown) => {
    removeOwnFolder();
    throw error;
  });
  await watchLedger(ledger, { console, forMs, stateDir: options.stateDir });
  const result = await ledger.readBack();
  showResult(result, console);
  const status = ledgerExitCode(result);
  // What is wrong is evidence, in the database as well.
  if (status !== exitCode.done || flags.keep === true) {
    console.err.line(console.err.ink.dim(`its state is in ${options.stateDir}`));
    return status;
  }
  await ledger.remove();
  removeOwnFolder();
  return status;
}

async function readBack(folder: string, flags: LedgerFlags, console: Console): Promise<number> {
  const { readBackLedger } = await import('../../experiment/ledger/read-back-ledger.js');
  const { systemClock } = await import('../../core/clock.js');
  const result = await readBackLedger(await readReadBackFlags(folder, flags, console.env), systemClock);
  showResult(result, console);
  return ledgerExitCode(result);
}

const examples = `
Examples:
  What does this PostgreSQL lose while you break it? Break it in another shell, then press Ctrl-C:
    havock8s ledger --postgres postgres://app@127.0.0.1:5432/app

  A Redis that is promoted meanwhile, by the address that follows its primary:
    havock8s ledger --redis redis://redis-primary:6379 --for 1m

  An etcd, and whether it is linearizable while its leader dies:
    havock8s ledger --etcd http://127.0.0.1:2379 --for 1m

  Half a minute, eight writers, as JSON:
    havock8s ledger --postgres postgres://app@db/app --writers 8 --for 30s -o json

  The primary was killed and a replica promoted: is what the primary acknowledged on the replica?
    havock8s ledger --postgres postgres://app@primary/app --read-back-from postgres://app@replica/app --state ledger

  Read back again, after one more crash, or when the ledger itself was killed:
    havock8s ledger read-back ledger

A password is never part of a URL, which others can read: it comes from ${passwordVariable}, or from a file.
What each word of the answer means: docs/reference/ledger.md

Exit codes:
  0  Intact: every acknowledged write is there, as it was written, once
  1  Lost or Corrupt, or registers are not linearizable; or it failed: no database, no room on the disk
  2  bad usage; nothing was written
  3  Unknown: nothing was acknowledged, or it could not be read back`;
