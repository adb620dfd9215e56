/** The control endpoint of a sidecar under test, as its users call it. */
import assert from 'node:assert/strict';
import type { Tallies } from '../../../sidecar/registry/fault-applier.js';
import { until } from './until.js';

export interface Listed {
  readonly name: string;
  readonly state: string;
  readonly seed: number | null;
  readonly tallies: Tallies;
}

export class Control {
  readonly #url: string;
  constructor(url: string) {
    this.#url = url;
  }

  /** Resolves once the fault is in force. */
  async arm(name: string, sentence: string): Promise<void> {
    const response = await this.#request(`/v1/faults/${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sentence }),
    });
    assert.ok(response.ok, `${sentence}: ${response.text}`);
  }

  /** Resolves once it does nothing any more, also when it never was. */
  async disarm(name: string): Promise<void> {
    const response = await this.#request(`/v1/faults/${name}`, { method: 'DELETE' });
    assert.ok(response.ok || response.status === 404, response.text);
  }

  async disarmAll(): Promise<void> {
    const response = await this.#request('/v1/faults', { method: 'DELETE' });
    assert.ok(response.ok, response.text);
  }

  async fault(name: string): Promise<Listed> {
    return JSON.parse((await this.#request(`/v1/faults/${name}`)).text) as Listed;
  }

  /** Operations that wait now, and those let through because too many did. */
  async parking(): Promise<{ readonly parked: number; readonly parkedOverflows: number }> {
    const { disk } = JSON.parse((await this.#request('/v1/status')).text) as {
      disk: { parked: number; parkedOverflows: number };
    };
    return disk;
  }

  /** How often a file was not opened for want of descriptors. */
  async disk(): Promise<{ readonly exhausted: number }> {
    return (JSON.parse((await this.#request('/v1/status')).text) as { disk: { exhausted: number } }).disk;
  }

  /** Waits until exactly as many operations wait. */
  async awaitParked(count: number): Promise<void> {
    await until(async () => (await this.parking()).parked === count);
  }

  /** How often the fault proxy was asked to do this. */
  async operations(verb: string): Promise<number> {
    const line = (await this.metrics())
      .split('\n')
      .find((each) => each.startsWith(`havock8s_disk_operations_total{verb="${verb}"}`));
    return line === undefined ? 0 : Number(line.split(' ')[1]);
  }

  /** As Prometheus reads them. */
  async metrics(): Promise<string> {
    return (await this.#request('/metrics')).text;
  }

  async isReady(): Promise<boolean> {
    try {
      return (await this.#request('/readyz')).ok;
    } catch (error) {
      if (error instanceof TypeError) return false;
      throw error;
    }
  }

  /** Why it is not ready, in its own words; null: it is. */
  async notReady(): Promise<string | null> {
    return (await this.#status()).notReady;
  }

  async proxyPid(): Promise<number> {
    return (await this.#status()).pids.faultProxy;
  }

  /** Asked again where nobody answers, as between two fault proxies. */
  async #status(): Promise<Status> {
    let text: string | null = null;
    await until(async () => {
      text = await this.#request('/v1/status').then(
        (answer) => answer.text,
        () => null,
      );
      return text !== null;
    });
    return JSON.parse(text ?? '') as Status;
  }

  async #request(path: string, init?: RequestInit): Promise<Answer> {
    const response = await fetch(this.#url + path, { ...init, signal: AbortSignal.timeout(60_000) });
    return { ok: response.ok, status: response.status, text: await response.text() };
  }
}

interface Status {
  readonly notReady: string | null;
  readonly pids: { readonly faultProxy: number };
}

interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
}
