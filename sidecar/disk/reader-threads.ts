/** The reader threads of one volume, as the main thread has them. */
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { ArmedFaults } from '../../faults/armed-faults.js';
import { bootReader } from './boot-reader.js';
import type { ReaderData } from './reader.js';
import type { ReaderMessage } from './wait-queue/wait-port.js';

export interface ReaderThreadsOptions {
  /** What every reader is told. */
  readonly data: Omit<ReaderData, 'thread' | 'place' | 'armedPort'>;
  /** Of the first reader; the others count on from it. */
  readonly firstThread: number;
  /** Readers that were booted ahead; taken from the end. */
  readonly spareWorkers: Worker[];
  readonly onMessage: (message: ReaderMessage) => void;
  /** A reader took its request with it: only another fault proxy can have it sent again. */
  readonly onDeath: (error: Error) => void;
}

export class ReaderThreads {
  readonly #options: ReaderThreadsOptions;
  readonly #readers: { readonly armedPort: MessagePort; readonly serving: Promise<void> }[] = [];

  constructor(options: ReaderThreadsOptions) {
    this.#options = options;
  }

  /** One more. It serves from the first armed faults that it gets. */
  start(): void {
    const { data, firstThread, spareWorkers, onMessage, onDeath } = this.#options;
    const index = this.#readers.length;
    const worker = spareWorkers.pop() ?? bootReader();
    const { port1, port2 } = new MessageChannel();
    const told: ReaderData = { ...data, thread: firstThread + index, place: 1 + index, armedPort: port2 };
    worker.postMessage(told, [port2]);
    const serving = new Promise<void>((resolve, reject) => {
      worker.on('error', (error) => {
        reject(error);
        onDeath(error);
      });
      worker.on('message', (message: ReaderMessage) => {
        if (message.kind === 'serving') resolve();
        onMessage(message);
      });
    });
    this.#readers.push({ armedPort: port1, serving });
  }

  publish(armed: ArmedFaults): void {
    for (const { armedPort } of this.#readers) armedPort.postMessage(armed);
  }

  /** Resolves when all that were started serve. */
  async serving(): Promise<void> {
    await Promise.all(this.#readers.map(({ serving }) => serving));
  }
}
