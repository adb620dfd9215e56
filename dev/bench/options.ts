/** The command line that every bench has. */
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { HavocError, messageOf } from '../../core/havoc-error.js';

/** What a bench lets choose from. */
export interface Menu<B extends Named> {
  readonly name: string;
  readonly benchmarks: readonly B[];
  readonly targets: readonly string[];
  readonly rounds: number;
}

export interface Named {
  readonly name: string;
}

export interface Options<B extends Named> {
  readonly help: boolean;
  readonly quick: boolean;
  readonly benchmarks: readonly B[];
  readonly targets: readonly string[];
  readonly rounds: number;
  readonly directory: string;
  readonly json: string | undefined;
}

export const usageOf = ({
  name,
  benchmarks,
  targets,
  rounds,
}: Menu<Named>): string => `npm run bench:${name} -- [options]
  --json FILE           write the results there too
  --only BENCHMARK,...  of: ${benchmarks.map((one) => one.name).join(', ')}
  --targets NAME,...    of: ${targets.join(', ')}
  --rounds N            the median of so many (${rounds})
  --directory DIR       where the bench makes a folder of its own (the system's temporary directory)
  --quick               one short round, after one that warms up: does it work?
  --help                this`;

export function readOptions<B extends Named>(args: readonly string[], menu: Menu<B>): Options<B> {
  const { only, targets, rounds, ...values } = parsed(args, menu);
  const names = chosen('benchmark', only, { menu, allowed: menu.benchmarks.map(({ name }) => name) });
  return {
    ...values,
    json: values.json,
    benchmarks: menu.benchmarks.filter(({ name }) => names.includes(name)),
    targets: chosen('target', targets, { menu, allowed: menu.targets }),
    rounds: count(rounds ?? String(values.quick ? 1 : menu.rounds), menu),
  };
}

function parsed(args: readonly string[], menu: Menu<Named>) {
  const string = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    json: string,
    only: string,
    targets: string,
    rounds: string,
    directory: { ...string, default: tmpdir() },
    quick: flag,
    help: { ...flag, short: 'h' },
  };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw wrong(messageOf(error), menu);
  }
}

/** From a list with commas, in the order of the bench; all without one. */
function chosen(
  what: string,
  list: string | undefined,
  { menu, allowed }: { readonly menu: Menu<Named>; readonly allowed: readonly string[] },
): readonly string[] {
  const wanted = list?.split(',') ?? allowed;
  const unknown = wanted.filter((name) => !allowed.includes(name));
  if (unknown.length > 0) throw wrong(`no ${what} ${unknown.join(', ')}`, menu);
  return allowed.filter((name) => wanted.includes(name));
}

function count(text: string, menu: Menu<Named>): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number <= 100) return number;
  throw wrong(`--rounds is a number from 1 to 100, not ${text}`, menu);
}

const wrong = (message: string, menu: Menu<Named>): HavocError =>
  new HavocError('bench.usage', `${message}\n${usageOf(menu)}`);
