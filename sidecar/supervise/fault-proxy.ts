/**
 * The fault proxy as a child process, and its supervisor. Another stands by, its code loaded, and takes over at once when
 * the one that serves dies; then the next is made to stand by. One that hangs is killed, and that is a death like
 * another.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HavocError, readError } from '../../core/havoc-error.js';
import { heartbeatFd } from '../proxy/heartbeat.js';
import { type FaultProxyConfig, type FaultProxyMessage, takeOver } from '../proxy/proxy-config.js';
import { exitOf, hasEnded } from './child.js';
import { linesOf } from './lines.js';
import { logLine } from './log-line.js';
import { restartOf, standbyPauseMs } from './restart-policy.js';
import { supervisorTimeouts } from './timeouts.js';
import { Watch } from './watch.js';

const program = fileURLToPath(new URL('../proxy/main.js', import.meta.url));

export interface FaultProxyListeners {
  readonly onLog: (line: string) => void;
  /** The process that serves from now on. */
  readonly onProxy: (pid: number) => void;
  /** A fault proxy serves, the first or another; the first one's control endpoint answers, too. */
  readonly onServing?: () => void;
  /** No fault proxy has served for a while. */
  readonly onDown: () => void;
}

export interface FaultProxyOptions {
  readonly config: FaultProxyConfig;
  /** Descriptors that every fault proxy inherits, from `firstInherited` on. */
  readonly fds: readonly number[];
  /** Rejects when nobody wants it any more before it serves. */
  readonly aborted?: Promise<never>;
  /** How long it may take to serve for the first time. */
  readonly startMs?: number;
}

export const firstInherited = heartbeatFd + 1;

export class FaultProxy {
  controlUrl = '';
  resend = false;
  readonly failed: Promise<never>;
  #child: ChildProcess;
  readonly #watches = new Map<ChildProcess, Watch>();
  #downTimer: NodeJS.Timeout | null = null;
  #fail: (error: Error) => void = () => {};
  #standby: ChildProcess | null = null;
  #standbyDeaths = 0;
  #standbyTimer: NodeJS.Timeout | null = null;
  #isReplaced = true;
  #stillbirths = 0;
  #servedMs: number | null = null;
  #wasReady = false;
  #ready: () => void = () => {};
  #drained: () => void = () => {};
  #config: FaultProxyConfig;
  readonly #options: FaultProxyOptions;
  readonly #listeners: FaultProxyListeners;

  private constructor(options: FaultProxyOptions, listeners: FaultProxyListeners) {
    this.#options = options;
    this.#listeners = listeners;
    this.#config = options.config;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
    this.#child = this.#spawn(false);
    this.#listeners.onProxy(this.pid);
  }

  /** Resolves when the fault proxy serves and its control endpoint answers. */
  static async start(options: FaultProxyOptions, listeners: FaultProxyListeners): Promise<FaultProxy> {
    const proxy = new FaultProxy(options, listeners);
    const ready = new Promise<void>((resolve) => {
      proxy.#ready = resolve;
    });
    const { startMs = supervisorTimeouts.startLocalMs } = options;
    const timer = setTimeout(
      () =>
        proxy.#fail(new HavocError('fault-proxy.late', `the fault proxy was not ready after ${startMs} ms`)),
      startMs,
    );
    try {
      await Promise.race([ready, proxy.failed, ...(options.aborted === undefined ? [] : [options.aborted])]);
      return proxy;
    } catch (error) {
      await proxy.kill();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Every fault ends, and what waited or was in flight is answered; the volumes are still served. */
  async drain(): Promise<void> {
    this.#noteUp();
    this.#stopReplacing();
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
    this.#child.kill('SIGTERM');
    const timer = setTimeout(this.#drained, supervisorTimeouts.drainMs);
    await Promise.race([drained, exitOf(this.#child)]);
    clearTimeout(timer);
  }

  /** After it drained, and the volumes were unmounted: it stops by itself, or is killed. */
  async stop(): Promise<void> {
    this.#stopReplacing();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), supervisorTimeouts.stopMs);
    await exitOf(this.#child);
    clearTimeout(timer);
  }

  /** At once, though the volumes are mounted: what is asked of them waits for another fault proxy, or for the end. */
  async kill(): Promise<void> {
    this.#noteUp();
    this.#stopReplacing();
    this.#child.kill('SIGKILL');
    await exitOf(this.#child);
  }

  #spawn(isStandby: boolean): ChildProcess {
    const watch = new Watch();
    const child = spawn(process.execPath, [program, JSON.stringify({ ...this.#config, isStandby })], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', watch.fd, ...this.#options.fds],
      env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
      detached: true,
    });
    linesOf(child.stdout, this.#listeners.onLog);
    linesOf(child.stderr, this.#listeners.onLog);
    child.on('message', (message) => {
      // What fails of one that stands by is its own affair: it dies of it.
      if (child === this.#child) this.#hear(message as FaultProxyMessage);
    });
    this.#watches.set(child, watch);
    if (isStandby) watch.idles();
    watch.begin(child.pid ?? 0, (why) => this.#killHung(child, why));
    child.once('exit', () => {
      watch.close();
      this.#watches.delete(child);
      if (child === this.#child) this.#replace();
      else if (child === this.#standby) this.#replaceStandby();
    });
    return child;
  }

  /** It may ignore every other signal, or be stopped. What it leaves unanswered, and its place, are the next one's. */
  #killHung(child: ChildProcess, why: string): void {
    this.#watches.get(child)?.close();
    this.#listeners.onLog(
      logLine('error', 'fault-proxy.hung', `killing a fault proxy that hangs: ${why}`, {
        hung: child.pid ?? 0,
      }),
    );
    child.kill('SIGKILL');
  }

  #hear(message: FaultProxyMessage): void {
    if (message.event === 'serving') {
      this.#watches.get(this.#child)?.idles();
      this.resend = message.resend;
      this.#stillbirths = 0;
      this.#servedMs = performance.now();
      this.#noteUp();
      // Before that it may still fail to start: whoever were let in would wait for what nobody serves any more.
      if (this.#wasReady && this.#isReplaced) this.#listeners.onServing?.();
    }
    if (message.event === 'drained') this.#drained();
    if (message.event === 'failed') this.#fail(readError(message));
    if (message.event !== 'ready') return;
    this.controlUrl = message.controlUrl;
    const { hostname, port } = new URL(message.controlUrl);
    this.#config = { ...this.#config, control: { host: hostname.replace(/[[\]]/g, ''), port: Number(port) } };
    if (!this.#wasReady && this.#isReplaced) this.#listeners.onServing?.();
    this.#wasReady = true;
    this.#ready();
    this.#standbyDeaths = 0;
    this.#startStandby();
  }

  /** Nobody takes over any more. */
  #stopReplacing(): void {
    this.#isReplaced = false;
    if (this.#standbyTimer) clearTimeout(this.#standbyTimer);
    // From here on each step has a bound of its own.
    for (const watch of this.#watches.values()) watch.close();
    this.#standby?.kill('SIGKILL');
  }

  #startStandby(): void {
    if (this.#isReplaced) this.#standby ??= this.#spawn(true);
  }

  /** Nothing waits for it, so it is not tried without a pause. */
  #replaceStandby(): void {
    this.#standby = null;
    this.#standbyDeaths++;
    if (this.#isReplaced)
      this.#standbyTimer = setTimeout(() => this.#startStandby(), standbyPauseMs(this.#standbyDeaths));
  }

  #noteUp(): void {
    if (this.#downTimer) clearTimeout(this.#downTimer);
    this.#downTimer = null;
  }

  #replace(): void {
    if (!this.#isReplaced) return;
    this.#downTimer ??= setTimeout(this.#listeners.onDown, supervisorTimeouts.downMs);
    this.#stillbirths++;
    const servedAgoMs = this.#servedMs === null ? null : performance.now() - this.#servedMs;
    const restart = restartOf({ stillbirths: this.#stillbirths, servedAgoMs });
    if (restart.kind === 'give up') this.#fail(new HavocError('fault-proxy.given-up', restart.why));
    else if (restart.pauseMs === 0) this.#startAnother();
    else setTimeout(() => this.#startAnother(), restart.pauseMs);
  }

  #startAnother(): void {
    if (!this.#isReplaced) return;
    this.#child = this.#takeStandby() ?? this.#spawn(false);
    this.#listeners.onProxy(this.pid);
    this.#listeners.onLog(logLine('warn', 'fault-proxy.died', 'the fault proxy died, another takes over'));
  }

  /**
   * One that is dying, seen by its channel before its end is heard of, must not take over, nor be replaced as the fault
   * proxy.
   */
  #takeStandby(): ChildProcess | null {
    const standby = this.#standby;
    this.#standby = null;
    if (!standby || hasEnded(standby)) return null;
    if (!standby.connected) {
      standby.kill('SIGKILL');
      return null;
    }
    this.#watches.get(standby)?.starts();
    standby.send(takeOver, () => {});
    return standby;
  }
}
