/** A port of a pod, at a port of this machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { programPath } from '../../dev/cluster/binaries.js';
import type { Environment } from './environment.js';

export interface PortForward {
  readonly port: number;
  close(): Promise<void>;
}

/** Resolves when kubectl listens. */
export async function portForward(environment: Environment, pod: string, to: number): Promise<PortForward> {
  const { kubeconfig } = environment.cluster;
  const words = [
    `--kubeconfig=${kubeconfig}`,
    `--namespace=${environment.namespace}`,
    'port-forward',
    '--address=127.0.0.1',
    `pod/${pod}`,
    `:${to}`,
  ];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', programPath('kubectl'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  for await (const line of createInterface(child.stdout)) {
    const [, port] = /^Forwarding from 127\.0\.0\.1:(\d+) /.exec(line) ?? [];
    if (port !== undefined) return { port: Number(port), close };
  }
  throw new Error(`kubectl ${words.join(' ')} ended`);
}
