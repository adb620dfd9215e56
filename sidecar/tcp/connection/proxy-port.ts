/** The proxy's thread, as the main thread sees it. */
import { Worker } from 'node:worker_threads';
import { HavocError } from '../../../core/havoc-error.js';
import { writeHostAndPort } from '../../../core/host-and-port.js';
import { libc } from '../../linux/libc.js';
import { scratch } from '../../linux/memory.js';
import type { DescriptorBudget } from '../../proxy/descriptor-budget.js';
import { proxyTimeouts } from '../../proxy/timeouts.js';
import type { TcpConfig } from '../tcp-config.js';
import type { ProxyFaults } from './connection-loop.js';
import type { Listener } from './listener.js';
import type { ProxyCommand, ProxyReply, ProxyThreadData } from './proxy-thread.js';

const program = new URL('./proxy-thread.js', import.meta.url);
const EFD_CLOEXEC_NONBLOCK = 0o2004000;

export interface ProxyPortOptions {
  readonly listeners: readonly Listener[];
  readonly countersFd: number;
  readonly descriptors: DescriptorBudget;
  /** Where the thread shows that it lives. */
  readonly heartbeatFd?: number;
  /** An error of ours in the thread: it has disarmed itself, and goes on. */
  readonly onCrash: (message: string, stack: string) => void;
  /** The thread is gone, and every connection with it. */
  readonly onDeath: (error: Error) => void;
}

export class ProxyPort {
  /**
   * The thread hears commands. On a starved machine it takes many seconds to start: who starts the fault proxy bounds
   * that.
   */
  readonly ready: Promise<void>;
  #isReady: () => void = () => {};
  readonly #wakeFd = libc.eventfd(0, EFD_CLOEXEC_NONBLOCK);
  readonly #worker: Worker;
  readonly #waiting = new Map<number, () => void>();
  #lastId = 0;
  /** It has answered once: until then it may still be loading its code. */
  #isUp = false;
  readonly #options: ProxyPortOptions;

  constructor(options: ProxyPortOptions) {
    this.#options = options;
    const { listeners, countersFd, heartbeatFd = null } = options;
    const descriptors = options.descriptors.memory;
    const workerData: ProxyThreadData = {
      ...{ listeners, countersFd, descriptors, heartbeatFd },
      wakeFd: this.#wakeFd,
    };
    this.ready = new Promise((resolve) => {
      this.#isReady = () => {
        this.#worker.unref();
        resolve();
      };
    });
    this.#worker = new Worker(program, { workerData });
    this.#worker.on('message', (reply: ProxyReply) => this.#hear(reply));
    this.#worker.on('error', options.onDeath);
  }

  /** Resolves when every byte that is read from now on meets these faults. Rejects with `tcp.late`. */
  publish(faults: ProxyFaults): Promise<void> {
    return this.#command((id) => ({ kind: 'faults', id, faults }));
  }

  stopListening(): Promise<void> {
    return this.#command((id) => ({ kind: 'stop-listening', id }));
  }

  #command(commandOf: (id: number) => ProxyCommand): Promise<void> {
    const id = ++this.#lastId;
    const boundMs = this.#isUp ? proxyTimeouts.tcpTakesMs : proxyTimeouts.tcpStartMs;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new HavocError('tcp.late', `the proxy did not answer within ${boundMs} ms`));
      }, boundMs);
      this.#waiting.set(id, () => {
        clearTimeout(timer);
        resolve();
      });
      this.#worker.postMessage(commandOf(id));
      this.#ring();
    });
  }

  #ring(): void {
    scratch.longs[0] = 1n;
    libc.write(this.#wakeFd, scratch.address, 8);
  }

  #hear(reply: ProxyReply): void {
    if (reply.kind === 'ready') this.#isReady();
    else if (reply.kind === 'crash') this.#options.onCrash(reply.message, reply.stack);
    else {
      this.#isUp = true;
      this.#waiting.get(reply.id)?.();
      this.#waiting.delete(reply.id);
    }
  }
}

/** The sockets that its supervisor gave to the fault proxy, as the proxy sees them. */
export function listenersOf({ forwards, interception }: TcpConfig): readonly Listener[] {
  const { inboundPorts = [], outboundPorts = [], tproxyListeners = [] } = interception ?? {};
  return [
    ...forwards.map(({ fd, port, upstream }) => ({
      kind: 'forward' as const,
      fd,
      port,
      upstream: writeHostAndPort(upstream),
    })),
    ...tproxyListeners.map(({ fd, kind }) => ({
      kind,
      fd,
      ports: kind === 'inbound' ? inboundPorts : outboundPorts,
    })),
  ];
}
