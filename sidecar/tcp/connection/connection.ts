/**
 * One proxied connection: two sockets, and a flow each way.
 *
 *     client ══ up ══► server          `from` and `to` of a sentence see it from the peer, who is the client of what
 *            ◄═ down ══                comes in and the server of what goes out
 */
import type { CompiledTcpFault } from '../../../faults/compile-tcp.js';
import type { TcpEffect } from '../../../faults/fault.js';
import type { TcpConnection } from '../../../faults/operation.js';
import { askInt, SIOCOUTQ, setLinger } from '../../linux/inet-socket.js';
import type { Ending } from '../effects/effect-rule.js';
import { endingOf } from '../effects/effect-rules.js';
import { Shaper } from '../effects/shaper.js';
import { closeDelay } from '../effects/slow-close.js';
import { timedEnds } from '../effects/timed-ends.js';
import { limits } from '../limits.js';
import { total } from '../tcp-counters.js';
import { type ConnectionFault, countHitOnce, type FaultBy, type Shapers } from './connection-fault.js';
import type { ConnectionRuntime } from './connection-runtime.js';
import { type Direction, peerWayOf } from './direction.js';
import { Discard } from './discard.js';
import type { End } from './end.js';
import { Flow, type FlowOwner } from './flow.js';
import { flowFaults } from './flow-faults.js';
import type { Intake } from './intake.js';
import { faultedDirections, isOverOnceOpen, meetFault } from './meet-fault.js';
import { callOff, type Timer } from './timers.js';
import { TlsDetector } from './tls-detector.js';

export interface ConnectionOptions {
  readonly facts: TcpConnection;
  readonly client: End;
  readonly server: End;
  readonly ordinal: number;
  readonly passage: ConnectionRuntime;
  /** What was decided when it was taken. */
  readonly verdicts: ReadonlyMap<string, ConnectionFault>;
  /** Of a `bandwidth` that connections share. */
  readonly sharedShapers: (fault: CompiledTcpFault) => Shapers;
  readonly onClose: (connection: Connection) => void;
}

export class Connection implements FlowOwner {
  readonly intake: Intake;
  private readonly up: Flow;
  private readonly down: Flow;
  private verdicts: ReadonlyMap<string, ConnectionFault>;
  private state: 'open' | 'failing' | 'closed' = 'open';
  /** Of both ends, once a fault has ended the connection in order. */
  private discards: readonly Discard[] = [];
  private closeTimer: Timer | null = null;
  /** Runs when a fault ends the connection by its time. */
  private lifeTimer: Timer | null = null;

  constructor(private readonly options: ConnectionOptions) {
    const { client, server, passage, ordinal } = options;
    this.verdicts = options.verdicts;
    this.intake = { passage, ordinal, speech: new TlsDetector(client) };
    this.up = new Flow({ source: client, sink: server, owner: this, passage, total: total.bytesUp });
    this.down = new Flow({ source: server, sink: client, owner: this, passage, total: total.bytesDown });
    if (this.verdicts.size > 0) this.assign();
    [client.from, client.to, server.from, server.to] = [this.up, this.down, this.down, this.up];
  }

  /** Begins to carry bytes, or does not get that far. */
  open(): void {
    if (this.resetsAtOnce()) return;
    this.up.open();
    this.down.open();
  }

  /** A plan has changed. `armed` are the keys of its faults. */
  meet(faults: readonly CompiledTcpFault[], armed: ReadonlySet<string>): void {
    if (this.verdicts.size === 0 && faults.length === 0) return;
    const before = this.verdicts;
    const verdicts = new Map<string, ConnectionFault>();
    for (const fault of faults) {
      const verdict = this.judged(fault, before.get(fault.key) ?? null);
      if (verdict) verdicts.set(fault.key, verdict);
    }
    this.verdicts = verdicts;
    this.assign(armed);
    if (this.state === 'open') this.resetsAtOnce();
  }

  isLast(flow: Flow): boolean {
    return this.discards.length === 0 && (flow === this.up ? this.down : this.up).isDone;
  }

  finished(): void {
    if (!this.up.isDone || !this.down.isDone || this.state === 'closed') return;
    if (this.discards.every(({ isDone }) => isDone)) this.closeInOrder();
    else this.closeLater();
  }

  /** What the other side has still said before it went is passed on first. */
  failed(flow: Flow): void {
    if (this.state !== 'open') return;
    this.state = 'failing';
    const { timers, counters, nowMs } = this.options.passage;
    const other = flow === this.up ? this.down : this.up;
    other.run();
    const delayMs = closeDelay(flow.faults?.slowCloses ?? [], counters);
    if (delayMs === 0) this.reset();
    else timers.at(nowMs() + delayMs, () => this.reset());
  }

  bitten(verdict: ConnectionFault, flow: Flow): void {
    countHitOnce(verdict, this.options.passage.counters);
    if (endsBy(verdict) === 'reset') {
      flow.halt();
      this.resetOnceReceived(flow, limits.drainMs);
    } else this.endInOrder('delivered');
  }

  /** Both sides see RST: every socket here lingers for 0 seconds until it is to be closed in order. */
  reset(): void {
    if (this.state === 'closed') return;
    this.options.passage.counters.add(total.resets, 1);
    this.close();
  }

  /** What we know of a fault that we knew goes on; the ways may be other ones, as when a name has new addresses. */
  private judged(fault: CompiledTcpFault, known: ConnectionFault | null): ConnectionFault | null {
    if (isOverOnceOpen(fault)) return null;
    const { facts, passage } = this.options;
    if (known === null) return meetFault(facts, fault, passage.counters);
    const directions = faultedDirections(facts, fault);
    return directions && Object.assign(known, { fault }, directions);
  }

  /** Gives both flows what they have to apply. */
  private assign(armed: ReadonlySet<string> = new Set(this.verdicts.keys())): void {
    const of = (direction: Direction) =>
      flowFaults(this.verdicts.values(), direction, (fault) => this.shaperOf(fault, direction));
    this.up.meet(of('toServer'), armed);
    this.down.meet(of('toClient'), armed);
    this.awaitEnding();
  }

  private awaitEnding(): void {
    callOff(this.lifeTimer);
    this.lifeTimer = null;
    if (this.state !== 'open' || this.discards.length > 0) return;
    const { timers, nowMs, counters } = this.options.passage;
    const [first] = timedEnds(this.verdicts.values(), nowMs());
    if (first === undefined) return;
    this.lifeTimer = timers.at(first.dueMs, () => {
      countHitOnce(first.fault, counters);
      if (endsBy(first.fault) === 'reset') this.reset();
      else this.endInOrder('cut off');
    });
  }

  private shaperOf({ fault, shapers: own }: FaultBy<'bandwidth'>, direction: Direction): Shaper {
    const { facts, sharedShapers, passage } = this.options;
    const { timers, nowMs } = passage;
    const { bytesPerSecond, each } = fault.effect;
    const shapers = each ? own : sharedShapers(fault);
    const way = peerWayOf(direction, facts);
    shapers[way] ??= new Shaper({ bytesPerSecond, timers, nowMs });
    return shapers[way];
  }

  private resetsAtOnce(): boolean {
    for (const verdict of this.verdicts.values()) {
      if (endsBy(verdict) !== 'reset' || verdict.outcome !== 'hit' || verdict.leftBytes > 0) continue;
      countHitOnce(verdict, this.options.passage.counters);
      this.reset();
      return true;
    }
    return false;
  }

  /**
   * Both sides see an end, and what they still send goes nowhere. What was read still arrives, but for what a
   * `blackhole` holds that cuts the connection off.
   */
  private endInOrder(how: 'delivered' | 'cut off'): void {
    if (this.discards.length > 0) return;
    const { client, server, passage } = this.options;
    this.discards = [client, server].map((end) => {
      const discard = new Discard({ end, passage, onDone: () => this.finished() });
      end.from = discard;
      passage.schedule(discard);
      return discard;
    });
    for (const flow of [this.up, this.down]) {
      if (how === 'cut off') flow.cutOff();
      else flow.stopReading();
    }
  }

  /** Who has not ended by then is not waited for. */
  private closeLater(): void {
    const { timers, nowMs } = this.options.passage;
    this.closeTimer ??= timers.at(nowMs() + limits.discardMs, () => this.closeInOrder());
  }

  /** A reset overtakes what the kernel has not sent yet; these bytes were to arrive. */
  private resetOnceReceived(flow: Flow, patienceMs: number): void {
    const { timers, nowMs } = this.options.passage;
    if (this.state === 'closed') return;
    if (patienceMs <= 0 || askInt(flow.sink.fd, SIOCOUTQ) <= 0) this.reset();
    else
      timers.at(nowMs() + limits.drainLookMs, () =>
        this.resetOnceReceived(flow, patienceMs - limits.drainLookMs),
      );
  }

  private closeInOrder(): void {
    if (this.state === 'closed') return;
    const { client, server } = this.options;
    setLinger(client.fd, null);
    setLinger(server.fd, null);
    this.close();
  }

  private close(): void {
    const { client, server, passage, onClose } = this.options;
    this.state = 'closed';
    this.up.close();
    this.down.close();
    callOff(this.closeTimer);
    callOff(this.lifeTimer);
    for (const discard of this.discards) discard.close();
    for (const end of [client, server]) {
      [end.from, end.to] = [null, null];
      passage.closeLater(end.fd);
    }
    onClose(this);
  }
}

const endsBy = ({ fault }: ConnectionFault): Ending<TcpEffect>['how'] | undefined =>
  endingOf(fault.effect)?.how;
