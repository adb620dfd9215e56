/** Runs a program to its end, which it must reach in time. */
import { execa, type Options } from 'execa';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const boundMs = 120_000;

export interface ProgramOptions extends Pick<Options, 'uid' | 'gid' | 'cwd' | 'env'> {
  readonly input?: string;
}

export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Ran> {
  const { exitCode, stdout, stderr } = await execa(program, args, {
    input: '',
    ...options,
    extendEnv: options.env === undefined,
    timeout: boundMs,
    killSignal: 'SIGKILL',
    reject: false,
    stripFinalNewline: false,
  });
  return { code: exitCode ?? null, stdout, stderr };
}

/** As `runProgram`, of a program that must succeed: its output. */
export async function succeed(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await runProgram(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}
