/** kubectl as its users call it. */
import { execa } from 'execa';
import { programPath } from './binaries.js';

export interface KubectlResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const runMs = 300_000;

export class Kubectl {
  constructor(readonly kubeconfig: string) {}

  /** `input` is for `-f -`: an object, or text as it is. */
  async run(args: readonly string[], input?: unknown): Promise<KubectlResult> {
    const command = [programPath('kubectl'), `--kubeconfig=${this.kubeconfig}`, ...args];
    // Nobody reads what it would say once this process was killed.
    const { exitCode, stdout, stderr } = await execa('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
      input: input === undefined ? '' : typeof input === 'string' ? input : JSON.stringify(input),
      timeout: runMs,
      reject: false,
      stripFinalNewline: false,
    });
    return { code: exitCode ?? null, stdout, stderr };
  }

  /** What it wrote; fails when it does. */
  async succeed(args: readonly string[], input?: unknown): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, input);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  async json<T>(args: readonly string[], input?: unknown): Promise<T> {
    return JSON.parse(await this.succeed([...args, '--output=json'], input)) as T;
  }

  /** With the account that a controller would make, without which no pod is admitted. */
  async createNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    const metadata = { name: 'default', namespace: name };
    await this.succeed(['create', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      ],
    });
  }
}
