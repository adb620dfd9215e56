/**
 * A reader thread: takes requests from the kernel and answers them, one at a time, with synchronous calls.
 * It never sleeps on anything but the device: what must wait goes to the wait queue.
 */
import { performance } from 'node:perf_hooks';
import { type MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { HavocError } from '../../core/havoc-error.js';
import type { ArmedFaults } from '../../faults/armed-faults.js';
import type { DiskDecision } from '../../faults/decision.js';
import { DescriptorBudget } from '../proxy/descriptor-budget.js';
import { newExchangeOfReader, readRequest, writeReply } from './device.js';
import { FaultsOfThread } from './faults-of-thread.js';
import { FdStorePort } from './fd-store-port.js';
import { mayTakeLong } from './may-take-long.js';
import { ReaderPool } from './reader-pool.js';
import { Session } from './session.js';
import { Counters } from './state/counters.js';
import { Flights } from './state/flights.js';
import { type Evidence, Intents } from './state/intents.js';
import { attachVolumeState } from './state/volume-state.js';
import { Volume } from './volume.js';
import { InTransit } from './wait-queue/in-transit.js';
import { type KeptRequest, keepRequest } from './wait-queue/kept-request.js';
import { costOf } from './wait-queue/wait-bounds.js';
import { type ReaderMessage, type WaitPort, waitMessage } from './wait-queue/wait-port.js';
import type { Exchange } from './wire/exchange.js';
import { isUnanswered } from './wire/opcodes.js';

/** What a reader is told to serve; descriptors are of this process, whose threads share them. */
export interface ReaderData {
  readonly volume: string;
  readonly readOnly: boolean;
  readonly stateFd: number;
  readonly stateAddress: number;
  readonly countersFd: number;
  readonly rootFd: number;
  readonly deviceFd: number;
  readonly holderFd: number;
  readonly readers: number;
  /** Among all threads of the fault proxy: 0 is the main thread, readers count from 1. */
  readonly thread: number;
  /** Among those of the volume, counted alike. */
  readonly place: number;
  /** Of all readers of all volumes. */
  readonly inTransit: SharedArrayBuffer;
  /** Of the process. */
  readonly descriptors: SharedArrayBuffer;
  /** Of all readers of the volume. */
  readonly readerPool: SharedArrayBuffer;
  readonly intents: ReadonlyMap<string, Evidence>;
  /** Must requests in flight be noted, because the kernel cannot hand them out again? */
  readonly noteFlights: boolean;
  /** The first armed faults are the sign to begin. */
  readonly armedPort: MessagePort;
}

function run(data: ReaderData, armed: ArmedFaults, tell: (message: ReaderMessage) => void): void {
  const counters = new Counters(data.countersFd);
  const state = attachVolumeState(data.stateFd, data.stateAddress);
  const volume = new Volume({
    name: data.volume,
    state,
    readOnly: data.readOnly,
    rootFd: data.rootFd,
    deviceFd: data.deviceFd,
    intents: new Intents(state, data.place, data.intents),
    fdStore: new FdStorePort(data.holderFd),
    descriptors: new DescriptorBudget(data.descriptors),
    readers: data.readers,
  });
  let first: ArmedFaults | null = armed;
  const takeArmed = (): ArmedFaults | null => {
    const newest = newestOf(data.armedPort) ?? first;
    first = null;
    return newest;
  };
  const faults = new FaultsOfThread(data.volume, { counters, takeArmed }, volume.inodes);
  volume.readsAreFaulted = (slot) => faults.readsAreFaulted(slot);
  volume.flushIsFaulted = () => faults.flushIsFaulted;
  volume.metaIsFaulted = (slot) => faults.metaIsFaulted(slot);
  const session = new Session({
    volume,
    faults,
    counters,
    waits: waitPort(data.volume, new InTransit(data.inTransit), tell),
    thread: data.thread,
    onCrash: (error) => crash(counters, data.volume, tell, error),
  });
  tell({ kind: 'serving', volume: data.volume });
  const flights = data.noteFlights ? new Flights(state) : null;
  serve({ volume, session, readerPool: new ReaderPool(data.readerPool), flights });
  tell({ kind: 'unmounted', volume: data.volume });
}

interface Serving {
  readonly volume: Volume;
  readonly session: Session;
  readonly readerPool: ReaderPool;
  readonly flights: Flights | null;
}

function serve({ volume, session, readerPool, flights }: Serving): void {
  const { deviceFd } = volume.options;
  const request = newExchangeOfReader();
  let isAway = false;
  volume.beforeLongWait = () => {
    if (!isAway) readerPool.leave();
    isAway = true;
  };
  readerPool.enter();
  while (readRequest(deviceFd, request)) {
    if (mayTakeLong(volume, request)) volume.beforeLongWait();
    if (!isUnanswered(request.opcode)) flights?.depart(request.uniqueLow, request.uniqueHigh);
    const length = session.serve(request);
    if (length > 0) {
      writeReply(deviceFd, request, length);
      session.replied(request);
      volume.giveBack();
      flights?.land(request.uniqueLow, request.uniqueHigh);
    }
    if (readerPool.isCrowded) volume.beforeLongWait();
    if (isAway) readerPool.enter();
    isAway = false;
  }
  readerPool.dismiss();
}

function waitPort(volume: string, inTransit: InTransit, tell: (message: ReaderMessage) => void): WaitPort {
  const send = (
    request: Exchange,
    kept: KeptRequest,
    decision: DiskDecision | null,
    startedMs: number,
  ): void =>
    tell(
      waitMessage(request, { volume, kept, decision, arrivedEpochMs: performance.timeOrigin + startedMs }),
    );
  return {
    wait(request, decision, startedMs) {
      const cost = costOf(request.length);
      if (!inTransit.depart(cost)) return false;
      const kept = keepRequest(request);
      if (kept) send(request, kept, decision, startedMs);
      else inTransit.arrive(cost);
      return kept !== null;
    },
    waitForDisk(request, decision, startedMs) {
      const kept = keepRequest(request);
      if (!kept)
        throw new HavocError('sidecar.no-memory', `no memory for a request of ${request.length} bytes`);
      inTransit.departAnyhow(costOf(request.length));
      send(request, kept, decision, startedMs);
    },
    interrupt: (uniqueLow, uniqueHigh) => tell({ kind: 'interrupt', volume, uniqueLow, uniqueHigh }),
    answerAfterDrop(request, outdated) {
      tell({
        kind: 'answer-after-drop',
        volume,
        inode: request.nodeid,
        outdated,
        reply: request.copyReply(),
      });
    },
    dropCache: (inode, range) => tell({ kind: 'drop-cache', volume, inode, range }),
  };
}

/** Everything is disarmed for all threads at once, before anybody is told. */
function crash(
  counters: Counters,
  volume: string,
  tell: (message: ReaderMessage) => void,
  error: unknown,
): void {
  counters.setCrashed(true);
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  tell({ kind: 'crash', volume, code: 'sidecar.bug', message, stack });
}

function newestOf(port: MessagePort): ArmedFaults | null {
  let newest: ArmedFaults | null = null;
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
    newest = next.message as ArmedFaults;
  }
  return newest;
}

const port = parentPort;
if (port) {
  const tell = (message: ReaderMessage): void => port.postMessage(message);
  port.once('message', (data: ReaderData) => {
    data.armedPort.once('message', (armed: ArmedFaults) => run(data, armed, tell));
  });
}
