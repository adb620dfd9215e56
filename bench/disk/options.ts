/** The bench's command line. */
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { HavocError } from '../../sidecar/havoc-error.js';
import { type Subject, subjects } from './place.js';
import { fullSize, quickSize, type Size } from './size.js';
import type { Work } from './work.js';
import { works } from './works.js';

export interface Options {
  readonly help: boolean;
  readonly works: readonly Work[];
  readonly subjects: readonly Subject[];
  readonly rounds: number;
  readonly size: Size;
  readonly directory: string;
  readonly json?: string;
}

const known = {
  json: { type: 'string' },
  only: { type: 'string' },
  subjects: { type: 'string' },
  rounds: { type: 'string' },
  directory: { type: 'string', default: tmpdir() },
  quick: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export const usage = `npm run bench:disk -- [options]
  --json FILE          write the results there too
  --only WORK,...      of: ${works.map(({ name }) => name).join(', ')}
  --subjects NAME,...  of: ${subjects.join(', ')}
  --rounds N           the median of so many (3)
  --directory DIR      where the subjects lie side by side (the system's temporary directory)
  --quick              one short round: does it work?
  --help               this`;

export function parseOptions(args: readonly string[]): Options {
  const values = read(args);
  const workNames = chosen(
    'work',
    works.map(({ name }) => name),
    values.only,
  );
  return {
    help: values.help,
    works: works.filter(({ name }) => workNames.includes(name)),
    subjects: chosen('subject', subjects, values.subjects),
    rounds: count(values.rounds ?? (values.quick ? '1' : '3')),
    size: values.quick ? quickSize : fullSize,
    directory: values.directory,
    ...(values.json !== undefined && { json: values.json }),
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known }).values;
  } catch (error) {
    throw new HavocError('E_USAGE', `${error instanceof Error ? error.message : error}\n${usage}`, {
      cause: error,
    });
  }
}

function chosen<T extends string>(
  what: string,
  allowed: readonly T[],
  list: string | undefined,
): readonly T[] {
  if (list === undefined) return allowed;
  const wanted = list.split(',');
  const unknown = wanted.filter((name) => !allowed.some((one) => one === name));
  if (unknown.length > 0) throw new HavocError('E_USAGE', `no ${what} ${unknown.join(', ')}\n${usage}`);
  return allowed.filter((name) => wanted.includes(name));
}

function count(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number <= 100) return number;
  throw new HavocError('E_USAGE', `--rounds is a number from 1 to 100, not ${text}\n${usage}`);
}
