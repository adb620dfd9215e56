/**
 * What builds images here: a Docker engine, or buildah or podman, which need none. The latter two keep what they build in
 * a store of their own below the cache, and never see a user's images.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../cache-root.js';

export const builderNames = ['docker', 'buildah', 'podman'] as const;
export type BuilderName = (typeof builderNames)[number];

export interface Builder {
  readonly name: BuilderName;
  /** The command that does `args`. */
  command(args: readonly string[]): readonly string[];
}

const askMs = 10_000;

/** The one that was asked for, or the first that answers. Throws a sentence that says what to do. */
export function chooseBuilder(wanted: BuilderName | undefined): Builder {
  const answering = (wanted === undefined ? builderNames : [wanted]).find(answers);
  if (answering === undefined)
    throw new Error(
      wanted === undefined
        ? 'nothing here builds images: neither a Docker engine nor buildah nor podman answers (Debian: apt-get install buildah)'
        : `${wanted} does not answer`,
    );
  return builderOf(answering);
}

/** A Docker client without an engine is not a builder. */
function answers(name: BuilderName): boolean {
  const args = name === 'docker' ? ['info'] : ['--version'];
  return spawnSync(name, args, { stdio: 'ignore', timeout: askMs }).status === 0;
}

function builderOf(name: BuilderName): Builder {
  if (name === 'docker') return { name, command: (args) => [name, ...args] };
  const store = join(cacheRoot(), 'image-builds', name);
  mkdirSync(store, { recursive: true });
  const own = [
    '--root',
    join(store, 'root'),
    '--runroot',
    name === 'podman' ? shortRunroot(store) : join(store, 'run'),
  ];
  return { name, command: (args) => [name, ...own, ...args] };
}

/** podman refuses a path of more than 50 characters. */
function shortRunroot(store: string): string {
  const key = createHash('sha256').update(store).digest('hex').slice(0, 8);
  return join(process.env['XDG_RUNTIME_DIR'] || '/run', `havock8s-${key}`);
}

/** Of the builder, and what it wrote to its standard output. Fails with the end of what it said. */
export function runBuilder(builder: Builder, args: readonly string[], { timeoutMs = 60_000 } = {}): string {
  const [program = '', ...rest] = builder.command(args);
  const { status, stdout, stderr } = spawnSync(program, rest, {
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 64 * 2 ** 20,
  });
  if (status !== 0)
    throw new Error(
      `${[program, ...args.slice(0, 2)].join(' ')} failed:\n${`${stdout}${stderr}`.slice(-4000)}`,
    );
  return stdout;
}
