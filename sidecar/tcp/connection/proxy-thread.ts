/** The thread of the proxy. The main thread posts armed faults and rings; each such message is answered once they are in force. */
import { performance } from 'node:perf_hooks';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { libc } from '../../linux/libc.js';
import { scratch } from '../../linux/memory.js';
import { DescriptorBudget } from '../../proxy/descriptor-budget.js';
import { proxyHeartbeat } from '../../proxy/heartbeat.js';
import { TcpCounters } from '../tcp-counters.js';
import { ConnectionLoop, type ProxyFaults } from './connection-loop.js';
import type { Listener } from './listener.js';

export interface ProxyThreadData {
  readonly listeners: readonly Listener[];
  readonly countersFd: number;
  /** Of the process. */
  readonly descriptors: SharedArrayBuffer;
  readonly wakeFd: number;
  /** Null where nobody watches. */
  readonly heartbeatFd: number | null;
}

export type ProxyCommand =
  | { readonly kind: 'faults'; readonly id: number; readonly faults: ProxyFaults }
  | { readonly kind: 'stop-listening'; readonly id: number };

export type ProxyReply =
  /** The thread has started, and hears commands from now on. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'crash'; readonly message: string; readonly stack: string };

function run(data: ProxyThreadData, port: MessagePort): never {
  const { listeners, countersFd, wakeFd, heartbeatFd } = data;
  const tell = (reply: ProxyReply): void => port.postMessage(reply);
  const proxy: ConnectionLoop = new ConnectionLoop({
    listeners,
    wakeFd,
    counters: new TcpCounters(countersFd),
    descriptors: new DescriptorBudget(data.descriptors),
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    onWake: () => {
      libc.read(wakeFd, scratch.address, 8);
      for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
        tell(handled(proxy, next.message as ProxyCommand));
      }
    },
    onCrash: (error) => {
      const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
      tell({ kind: 'crash', message, stack });
    },
  });
  tell({ kind: 'ready' });
  const beat = heartbeatFd === null ? () => {} : proxyHeartbeat(heartbeatFd);
  for (;;) {
    beat();
    proxy.turn(Number.POSITIVE_INFINITY);
  }
}

function handled(proxy: ConnectionLoop, command: ProxyCommand): ProxyReply {
  if (command.kind === 'faults') proxy.setFaults(command.faults);
  else proxy.stopListening();
  return { kind: 'done', id: command.id };
}

if (parentPort) run(workerData as ProxyThreadData, parentPort);
