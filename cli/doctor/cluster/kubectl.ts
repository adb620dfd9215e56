/**
 * The API server, read through the user's own kubectl: their kubeconfig, their way to log in. Paths are asked for as
 * they are (`get --raw`), so that it need not look up what there is, and writes no cache.
 */
import type { ErrorCode } from '../../../core/error-codes.js';
import { HavocError } from '../../../core/havoc-error.js';
import { askChild, type ChildAnswer } from '../ask-child.js';
import { doctorLimits } from '../doctor-limits.js';
import type { ClusterFlags } from './cluster-flags.js';

export interface Told {
  readonly value: unknown;
  /** Of the API server, when it began to answer; null: kubectl did not show it. */
  readonly dateMs: number | null;
}

export class Kubectl {
  readonly #options: readonly string[];
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor({ kubeconfig, context }: ClusterFlags) {
    this.#options = [
      ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
      ...(context === undefined ? [] : [`--context=${context}`]),
    ];
  }

  /** Rejects with `doctor.absent`, `doctor.forbidden`, `doctor.no-kubectl`, `doctor.late` or `doctor.refused`. */
  async get(path: string): Promise<unknown> {
    const seconds = Math.round(doctorLimits.kubectlMs / 1000);
    const { stdout } = await this.#ask(['get', '--raw', path, `--request-timeout=${seconds}s`]);
    return parse(stdout, path);
  }

  /** With the Date header of the answer, which kubectl shows when it is told to talk. */
  async getDated(path: string): Promise<Told> {
    const { stdout, stderr } = await this.#ask(['get', '--raw', path, '--v=8']);
    return { value: parse(stdout, path), dateMs: dateIn(stderr) };
  }

  /** What the kubeconfig calls the cluster, and where that is. */
  async whereabouts(): Promise<string> {
    const format = '{.current-context} ({.clusters[0].cluster.server})';
    const { stdout } = await this.#ask(['config', 'view', '--minify', `--output=jsonpath=${format}`]);
    return stdout.trim();
  }

  async #ask(args: readonly string[]): Promise<Extract<ChildAnswer, { kind: 'ended' }>> {
    await this.#turn();
    try {
      const answer = await askChild(['kubectl', ...this.#options, ...args], {
        boundMs: doctorLimits.kubectlMs,
        mostBytes: doctorLimits.kubectlBytes,
      });
      if (answer.kind === 'ended' && answer.code === 0) return answer;
      throw failureOf(answer);
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /** Each is a process of 50 MB. */
  async #turn(): Promise<void> {
    while (this.#running >= doctorLimits.kubectlAtOnce)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
  }
}

function failureOf(answer: ChildAnswer): HavocError {
  if (answer.kind === 'missing')
    return new HavocError(
      'doctor.no-kubectl',
      'kubectl is missing, through which the cluster is asked: install it',
    );
  if (answer.kind === 'late')
    return new HavocError('doctor.late', `kubectl took over ${answer.afterMs} ms, or said too much`);
  const [, reason = ''] = /\((NotFound|Forbidden)\)/.exec(answer.stderr) ?? [];
  const codes: Readonly<Record<string, ErrorCode>> = {
    NotFound: 'doctor.absent',
    Forbidden: 'doctor.forbidden',
  };
  return new HavocError(
    codes[reason] ?? 'doctor.refused',
    lastLine(answer.stderr) || 'kubectl failed, and did not say why',
  );
}

/** What it logs comes first. */
const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 500) ?? '';

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HavocError('doctor.refused', `the answer to ${path} is not JSON`, { cause });
  }
}

/** RFC 9110, IMF-fixdate. */
export function dateIn(log: string): number | null {
  const match = /\bDate: (\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT)/.exec(log)?.[1];
  const ms = match === undefined ? Number.NaN : Date.parse(match);
  return Number.isNaN(ms) ? null : ms;
}
