/** `havock8s doctor -o json`, wherever it is to run, and what it said. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Finding } from '../../../cli/doctor/finding.js';
import { program } from '../run-cli.js';

export interface Examined {
  readonly code: number | null;
  readonly place: string;
  readonly verdict: string;
  readonly tookMs: number;
  readonly findings: readonly ShownFinding[];
  /** Of one check. */
  of(check: string): readonly ShownFinding[];
}

export type ShownFinding = Omit<Finding, 'mend'> & { readonly do: readonly string[] };

const patienceMs = 120_000;

/** `entering` are the words before the command. */
export async function examine(
  entering: readonly string[],
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Examined> {
  const [first = process.execPath, ...words] = [...entering, process.execPath, program];
  const started = performance.now();
  const child = spawn(first, [...words, 'doctor', '-o', 'json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: patienceMs,
    killSignal: 'SIGKILL',
    cwd: '/',
    env,
  });
  const heard = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      heard[name] += text;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  if (heard.stdout === '') throw new Error(`doctor ended with ${code}: ${heard.stderr}`);
  const { place, verdict, findings } = JSON.parse(heard.stdout);
  return {
    code,
    verdict,
    place: place.says,
    tookMs: performance.now() - started,
    findings,
    of: (check) => findings.filter((one: ShownFinding) => one.check === check),
  };
}

/** The verdicts of one check. */
export const verdictsOf = (examined: Examined, check: string): readonly string[] =>
  examined.of(check).map(({ verdict }) => verdict);
