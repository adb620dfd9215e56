/** kubectl as its users call it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: runMs,
    });
    const result = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        result[name] += text;
      });
    child.stdin.on('error', () => {});
    child.stdin.end(input === undefined ? '' : typeof input === 'string' ? input : JSON.stringify(input));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...result };
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
