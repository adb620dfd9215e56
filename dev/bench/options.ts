/** The command line that every bench has. */
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { HavocError } from '../../core/havoc-error.js';

/** What a bench lets choose from. */
export interface Menu<W extends Named, Subject extends string> {
  /** As `npm run` knows it. */
  readonly script: string;
  readonly works: readonly W[];
  readonly subjects: readonly Subject[];
  readonly rounds: number;
}

export interface Named {
  readonly name: string;
}

export interface Chosen<W, Subject extends string> {
  readonly help: boolean;
  readonly quick: boolean;
  readonly works: readonly W[];
  readonly subjects: readonly Subject[];
  readonly rounds: number;
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

export const usageOf = <W extends Named, Subject extends string>({
  script,
  works,
  subjects,
  rounds,
}: Menu<W, Subject>): string => `npm run ${script} -- [options]
  --json FILE          write the results there too
  --only WORK,...      of: ${works.map(({ name }) => name).join(', ')}
  --subjects NAME,...  of: ${subjects.join(', ')}
  --rounds N           the median of so many (${rounds})
  --directory DIR      where the bench makes a folder of its own (the system's temporary directory)
  --quick              one short round: does it work?
  --help               this`;

export function choose<W extends Named, Subject extends string>(
  args: readonly string[],
  menu: Menu<W, Subject>,
): Chosen<W, Subject> {
  const usage = usageOf(menu);
  const { json, ...values } = read(args, usage);
  const workNames = chosen(
    menu.works.map(({ name }) => name),
    values.only,
    { what: 'work', usage },
  );
  return {
    help: values.help,
    quick: values.quick,
    works: menu.works.filter(({ name }) => workNames.includes(name)),
    subjects: chosen(menu.subjects, values.subjects, { what: 'subject', usage }),
    rounds: count(values.rounds ?? String(values.quick ? 1 : menu.rounds), usage),
    directory: values.directory,
    ...(json !== undefined && { json }),
  };
}

function read(args: readonly string[], usage: string) {
  try {
    return parseArgs({ args: [...args], options: known }).values;
  } catch (error) {
    throw new HavocError('bench.usage', `${error instanceof Error ? error.message : error}\n${usage}`, {
      cause: error,
    });
  }
}

interface Choice {
  readonly what: string;
  readonly usage: string;
}

function chosen<T extends string>(
  allowed: readonly T[],
  list: string | undefined,
  { what, usage }: Choice,
): readonly T[] {
  if (list === undefined) return allowed;
  const wanted = list.split(',');
  const unknown = wanted.filter((name) => !allowed.some((one) => one === name));
  if (unknown.length > 0) throw new HavocError('bench.usage', `no ${what} ${unknown.join(', ')}\n${usage}`);
  return allowed.filter((name) => wanted.includes(name));
}

function count(text: string, usage: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number <= 100) return number;
  throw new HavocError('bench.usage', `--rounds is a number from 1 to 100, not ${text}\n${usage}`);
}
