/** The command line of `havock8s ledger`, read: every problem at once. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../../core/havoc-error.js';
import { databaseKinds, type LedgerTarget } from '../../../experiment/ledger/databases/database.js';
import type { LedgerOptions } from '../../../experiment/ledger/ledger.js';
import { limits } from '../../../experiment/ledger/limits.js';
import type { ReadBackLedgerOptions } from '../../../experiment/ledger/read-back-ledger.js';
import { duration } from '../../../faults/values/duration.js';
import { BadInput, type InputProblem } from '../../bad-input.js';

export const passwordVariable = 'HAVOCK8S_LEDGER_PASSWORD';

export interface LedgerFlags {
  readonly postgres?: string;
  readonly mysql?: string;
  readonly redis?: string;
  readonly etcd?: string;
  readonly registers?: string;
  readonly writers?: string;
  readonly readers?: string;
  readonly for?: string;
  readonly readBackFrom?: readonly string[];
  readonly state?: string;
  readonly passwordFile?: string;
  readonly timeout?: string;
  readonly within?: string;
  readonly keep?: boolean;
  readonly annotations?: string;
  readonly port?: string;
}

/** Of `ledger serve`: how many clients there are, and how long each waits, is said with each run. */
export interface ServePlan extends Pick<LedgerOptions, 'target' | 'readBackFrom' | 'stateDir'> {
  readonly readBackMs: number;
  readonly annotations: string;
  readonly port: number;
}

export interface LedgerPlan {
  readonly options: LedgerOptions;
  /** Null: until it is told to end. */
  readonly forMs: number | null;
}

const aDayMs = 86_400_000;

/** Makes a state folder where none was named, but not before all else is right. */
export async function readLedgerFlags(flags: LedgerFlags, env: NodeJS.ProcessEnv): Promise<LedgerPlan> {
  const problems: InputProblem[] = [];
  const password = readPassword(flags, env, problems);
  const target = await readTarget(flags, password, problems);
  const from = target && (await readFrom(flags, target, problems));
  const [writers, readers, registerClients] = [
    readCount('--writers', flags.writers, { least: 1, most: limits.writers }, problems),
    readCount('--readers', flags.readers, { least: 0, most: limits.readers }, problems),
    readCount('--registers', flags.registers, { least: 0, most: limits.registerClients }, problems),
  ];
  const forMs = flags.for === undefined ? null : readDuration('--for', flags.for, aDayMs, problems);
  const times = readTimes(flags, problems);
  if (problems.length > 0 || target === null) throw new BadInput(problems);
  const stateDir = flags.state ?? mkdtempSync(join(tmpdir(), 'havock8s-ledger-'));
  const options = {
    target,
    writers,
    readers,
    registerClients,
    stateDir,
    ...times,
    ...(from && { readBackFrom: from }),
  };
  return { options, forMs };
}

export async function readReadBackFlags(
  stateDir: string,
  flags: LedgerFlags,
  env: NodeJS.ProcessEnv,
): Promise<ReadBackLedgerOptions> {
  const problems: InputProblem[] = [];
  const password = readPassword(flags, env, problems);
  const { readHistory } = await import('../../../experiment/ledger/history-file.js');
  const { beginning } = await readHistory(stateDir);
  const from = await readFrom(flags, withPassword(beginning.target, password), problems);
  const times = readTimes(flags, problems);
  if (problems.length > 0) throw new BadInput(problems);
  return {
    stateDir,
    ...times,
    ...(from && { readBackFrom: from }),
    ...(password !== undefined && { password }),
  };
}

export async function readServeFlags(flags: LedgerFlags, env: NodeJS.ProcessEnv): Promise<ServePlan> {
  const { state = '', annotations = '', within = '' } = flags;
  const problems: InputProblem[] = [];
  const target = await readTarget(flags, readPassword(flags, env, problems), problems);
  const from = target && (await readFrom(flags, target, problems));
  const readBackMs = readDuration('--within', within, aDayMs, problems);
  const port = readCount('--port', flags.port, { least: 0, most: 65_535 }, problems);
  if (state === '')
    problems.push({
      subject: '--state',
      message: 'is missing; expected a folder that outlives the process',
    });
  if (problems.length > 0 || target === null) throw new BadInput(problems);
  return { target, stateDir: state, readBackMs, annotations, port, ...(from && { readBackFrom: from }) };
}

function readPassword(
  { passwordFile }: LedgerFlags,
  env: NodeJS.ProcessEnv,
  problems: InputProblem[],
): string | undefined {
  if (passwordFile === undefined) return env[passwordVariable];
  try {
    return readFileSync(passwordFile, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    problems.push({ subject: `--password-file ${passwordFile}`, message: messageOf(error) });
    return undefined;
  }
}

async function readTarget(
  flags: LedgerFlags,
  password: string | undefined,
  problems: InputProblem[],
): Promise<LedgerTarget | null> {
  const named = databaseKinds.flatMap((kind) => {
    const url = flags[kind];
    return url === undefined ? [] : [{ kind, url }];
  });
  const [target, second] = named;
  const choices = databaseKinds.map((kind) => `--${kind} URL`).join(', ');
  if (target === undefined) problems.push({ subject: 'ledger', message: `no database; expected ${choices}` });
  if (second !== undefined)
    problems.push({ subject: `--${second.kind}`, message: 'a second database; a ledger is of one' });
  if (target === undefined) return null;
  await checkUrl(`--${target.kind}`, target, problems);
  return withPassword(target, password);
}

const withPassword = (target: LedgerTarget, password: string | undefined): LedgerTarget =>
  password === undefined ? target : { ...target, password };

/** Undefined where none was named. */
async function readFrom(
  { readBackFrom }: LedgerFlags,
  target: LedgerTarget,
  problems: InputProblem[],
): Promise<readonly LedgerTarget[] | undefined> {
  const targets = readBackFrom?.map((url) => ({ ...target, url }));
  for (const one of targets ?? []) await checkUrl('--read-back-from', one, problems);
  return targets;
}

async function checkUrl(
  option: string,
  { kind, url }: LedgerTarget,
  problems: InputProblem[],
): Promise<void> {
  const { databases } = await import('../../../experiment/ledger/databases/databases.js');
  const message = databases[kind].urlProblem(url);
  if (message !== null) problems.push({ subject: option, message });
}

function readTimes(
  { timeout = '', within = '' }: LedgerFlags,
  problems: InputProblem[],
): { readonly operationTimeoutMs: number; readonly readBackMs: number } {
  return {
    operationTimeoutMs: readDuration('--timeout', timeout, limits.operationTimeoutMs.longest, problems),
    readBackMs: readDuration('--within', within, aDayMs, problems),
  };
}

/** 0 where it is wrong. */
function readDuration(option: string, text: string, longestMs: number, problems: InputProblem[]): number {
  const reading = duration({ min: 1, max: longestMs }).read(text);
  if (reading.kind === 'value') return reading.value;
  problems.push({ subject: `${option} ${text}`, message: reading.flaw.message });
  return 0;
}

interface CountRange {
  readonly least: number;
  readonly most: number;
}

/** `least` where it is wrong. */
function readCount(
  option: string,
  text: string | undefined,
  { least, most }: CountRange,
  problems: InputProblem[],
): number {
  const count = Number(text);
  if (text !== undefined && /^\d{1,5}$/.test(text) && count >= least && count <= most) return count;
  problems.push({
    subject: `${option} ${text}`,
    message: `expected a whole number from ${least} to ${most}`,
  });
  return least;
}
