/** A program on a host of a test that listens or connects, and tells what it sees: the other side of `peer-main.ts`. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Host } from './host.js';

const program = fileURLToPath(new URL('./peer-main.js', import.meta.url));

/** For what must come; beside others that load the machine it may take long. */
const patienceMs = 60_000;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export class Peer {
  readonly #waiting: ((line: string) => void)[] = [];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    assert.ok(child.stdout);
    createInterface(child.stdout).on('line', (line) => this.#waiting.shift()?.(line));
  }

  static async start(host: Host): Promise<Peer> {
    const peer = new Peer(host.spawn([process.execPath, program], { stdio: ['pipe', 'pipe', 'inherit'] }));
    assert.equal(await peer.#ask({ kind: 'hello' }), 'ready');
    return peer;
  }

  /** Answers everybody with the address it sees and what it heard. */
  async listen(port: number): Promise<void> {
    assert.equal(await this.#ask({ kind: 'listen', port }), 'listening');
  }

  /** What came of it: `connected`, or the code of an error. */
  connect(host: string, port: number): Promise<string> {
    return this.#ask({ kind: 'connect', host, port });
  }

  /** As `connect`, but `nothing` when nothing came of it in time. */
  connectWithin(host: string, port: number, ms: number): Promise<string> {
    return this.#ask({ kind: 'connect', host, port, ms });
  }

  /** The answer to a line on the connection; or the code of an error, `end`, or `nothing` within `ms`. */
  say(text: string, ms = patienceMs): Promise<string> {
    return this.#ask({ kind: 'say', text, ms });
  }

  /** An HTTP request from this host; status 0 when nobody answers. */
  async request(method: string, url: string, body: object | null = null): Promise<Answer> {
    const written = body === null ? null : JSON.stringify(body);
    return JSON.parse(await this.#ask({ kind: 'request', method, url, body: written })) as Answer;
  }

  /** What a client said last to the server here. */
  served(): Promise<string> {
    return this.#ask({ kind: 'served' });
  }

  /** The next line that comes, without saying anything. */
  hear(ms = patienceMs): Promise<string> {
    return this.#ask({ kind: 'hear', ms });
  }

  #ask(order: object): Promise<string> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    });
  }
}
