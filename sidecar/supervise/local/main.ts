/**
 * The supervisor as a process of its own, for whoever uses the volumes too. It talks with its parent by IPC, and
 * ends everything when the parent says so or is gone.
 */
import { codeOf, messageOf } from '../../../core/havoc-error.js';
import type { LocalOptions } from './local-options.js';
import { superviseSidecar } from './supervise-sidecar.js';
import type { SupervisorMessage } from './supervisor-message.js';

const tell = (message: SupervisorMessage): void => {
  if (process.connected) process.send?.(message, undefined, {}, () => {});
};

process.title = 'havock8s-local';
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

async function run(options: LocalOptions): Promise<void> {
  const parentGone = new Promise<void>((resolve) => {
    process.once('disconnect', resolve);
    process.once('message', () => resolve());
    if (!process.connected) resolve();
  });
  const onProxy = (pid: number): void => tell({ event: 'proxy', pid });
  const onLog = (line: string): void => tell({ event: 'log', line });
  const sidecar = await superviseSidecar({ ...options, onLog }, onProxy);
  const { controlUrl, stateDirectory, holderPid, mounts, resend } = sidecar;
  const proxyPid = sidecar.proxyPid();
  tell({ event: 'ready', controlUrl, stateDirectory, holderPid, mounts, proxyPid, resend });
  await Promise.race([parentGone, sidecar.failed]).catch(report);
  await sidecar.close();
}

function report(error: unknown): void {
  tell({ event: 'failed', code: codeOf(error), message: messageOf(error) });
}

await run(JSON.parse(process.argv[2] ?? '{}') as LocalOptions).catch(report);
if (process.connected) process.disconnect();
