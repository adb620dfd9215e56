/**
 * What the leader does about the certificates: look at everything, decide the next step, take it, look again.
 *
 *     Secret, caBundles, replicas ─ nextStep ─► Step ─ take ─► Secret | caBundle
 *          ▲                                                        │
 *          └────────────────────────────────────────────────────────┘  until there is nothing to do: rest
 *
 * Nothing but what the API server has decides, so a leader that died anywhere is followed by one that goes on.
 * Needs `get`, `create` and `update` on the Secret; see trust.ts and replicas.ts for the rest.
 */

import type { Logger } from 'pino';
import { Alarm } from '../core/alarm.js';
import { assertNever } from '../core/assert-never.js';
import type { Clock } from '../core/clock.js';
import { HavocError } from '../core/havoc-error.js';
import { sleep } from '../core/sleep.js';
import { backoffMs } from '../kube/backoff.js';
import type { KubeApi } from '../kube/kube-api.js';
import type { OwnerReference } from '../kube/kube-object.js';
import { issueAuthority, issueLeaf } from './issue.js';
import { certificateLimits, type Lifetimes } from './limits.js';
import { isSound, nextStep, type Observed, type Step, trustsExactly } from './next-step.js';
import type { Pair } from './read-pair.js';
import { type Holdings, readSecret, type Secret } from './read-secret.js';
import { allServeUnder } from './replicas.js';
import { readStoredSecret, storeSecret } from './stored-secret.js';
import { readTrust, type Trust, writeTrust } from './trust.js';

export interface RotationOptions {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly secret: string;
  readonly service: string;
  /** That the replicas listen on, behind the Service. */
  readonly port: number;
  /** Of the MutatingWebhookConfiguration and the ValidatingWebhookConfiguration. */
  readonly webhookConfiguration: string;
  readonly owner: OwnerReference | null;
  /** That a serving certificate must have. */
  readonly names: readonly string[];
  readonly lifetimes: Lifetimes;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly log: Logger;
}

/** What one look found. */
interface Seen {
  readonly stored: Secret | null;
  readonly held: Holdings;
  readonly trust: readonly Trust[];
}

export class Rotation {
  readonly #options: RotationOptions;
  readonly #running: Promise<void>;
  /** There may be something to do, or this is closing. */
  readonly #woken = new Alarm();
  readonly #closing = new AbortController();
  #leads = false;
  #known: Holdings | null = null;
  /** Since when every webhook has been seen to trust the authority to come. */
  #settling: { readonly fingerprint: string; readonly sinceMs: number } | null = null;

  constructor(options: RotationOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  lead(leads: boolean): void {
    this.#leads = leads;
    this.#settling = null;
    this.look();
  }

  /** Something may have changed. */
  look(): void {
    this.#woken.ring();
  }

  /** What was seen in the Secret, so that it can be restored. */
  note(held: Holdings): void {
    if (isSound(held)) this.#known = held;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#leads = false;
    this.#woken.ring();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log, random } = this.#options;
    for (let failures = 0; !this.#closing.signal.aborted; ) {
      this.#woken.reset();
      let restMs: number = certificateLimits.roundMs;
      try {
        if (this.#leads) restMs = (await this.#round()) - clock.wallMs();
        failures = 0;
      } catch (error) {
        if (!(error instanceof HavocError)) throw error;
        log.warn({ code: error.code, err: error }, 'a step of the certificates failed');
        restMs = backoffMs(++failures, random);
      }
      // After a failure only the end cuts it short, lest a change undo the backoff.
      const { signal } = failures > 0 ? this.#closing : this.#woken;
      await sleep(Math.max(0, restMs), { clock, signal });
    }
  }

  /** Resolves with the time until which there is nothing to do. */
  async #round(): Promise<number> {
    let replicas: Observed['replicas'] = 'unasked';
    for (let steps = 0; this.#leads && steps < certificateLimits.stepsOfRound; steps++) {
      const seen = await this.#see();
      const nowMs = this.#options.clock.wallMs();
      const trusted = seen.trust.flatMap(({ webhooks }) => webhooks.map((webhook) => webhook.trusted));
      const observed = { known: this.#known, trusted, settledMs: this.#settledMs(seen), replicas };
      const step = nextStep(nowMs, seen.held, observed);
      if (step.kind === 'rest') return step.untilMs;
      if (step.kind === 'ask') replicas = await this.#askReplicas(seen.held);
      else await this.#take(step, seen);
    }
    return this.#options.clock.wallMs() + certificateLimits.askMs;
  }

  async #see(): Promise<Seen> {
    const { api, names, clock, webhookConfiguration } = this.#options;
    // In this order: were the Secret the older of the two, an authority that another leader has just begun to trust
    // would look foreign.
    const trust = await readTrust(api, webhookConfiguration);
    const stored = await readStoredSecret(this.#options);
    const held = readSecret(stored, names, clock.wallMs());
    this.note(held);
    return { stored, held, trust };
  }

  #settledMs({ held: { next }, trust }: Seen): number {
    const fingerprint = next?.certificate.fingerprint256;
    const isTrusted = (certificates: Trust['webhooks'][number]['trusted']): boolean =>
      certificates.some((certificate) => certificate.fingerprint256 === fingerprint);
    const everywhere = trust.every(({ webhooks }) => webhooks.every(({ trusted }) => isTrusted(trusted)));
    const nowMs = this.#options.clock.monotonicMs();
    if (fingerprint === undefined || !everywhere) this.#settling = null;
    else if (this.#settling?.fingerprint !== fingerprint) this.#settling = { fingerprint, sinceMs: nowMs };
    return nowMs - (this.#settling?.sinceMs ?? nowMs);
  }

  async #askReplicas({ authority }: Holdings): Promise<Observed['replicas']> {
    if (authority === null) return 'some-behind';
    const there = await allServeUnder({ ...this.#options, authority: authority.certificate });
    return there ? 'all-there' : 'some-behind';
  }

  async #take(step: Exclude<Step, { kind: 'rest' | 'ask' }>, seen: Seen): Promise<void> {
    const { held } = seen;
    switch (step.kind) {
      case 'restore':
        return await this.#store(step, seen, step.holdings);
      case 'prepare': {
        const next = await issueAuthority(this.#options.clock.wallMs(), this.#options.lifetimes);
        return await this.#store(step, seen, { ...held, next, old: [...step.old, ...held.old] });
      }
      case 'promote': {
        const authority = held.next;
        if (authority === null) return;
        const old = [...(held.authority ? [held.authority.certificate] : []), ...held.old];
        const leaf = await this.#issueLeaf(authority);
        return await this.#store(step, seen, { authority, leaf, next: null, old });
      }
      case 'renew': {
        if (held.authority === null) return;
        return await this.#store(step, seen, { ...held, leaf: await this.#issueLeaf(held.authority) });
      }
      case 'retire':
        return await this.#store(step, seen, { ...held, old: [] });
      case 'trust':
        return await this.#trust(step, seen);
      default:
        return assertNever(step);
    }
  }

  #issueLeaf(authority: Pair): Promise<Pair> {
    const { clock, lifetimes, names } = this.#options;
    return issueLeaf(clock.wallMs(), lifetimes, { authority, names });
  }

  /** Making keys takes a while, in which another may have become the leader: the resourceVersion decides then. */
  async #store({ kind: step }: Step, { stored }: Seen, holdings: Holdings): Promise<void> {
    if (!this.#leads) return;
    const isStored = await storeSecret(this.#options, stored, holdings);
    if (isStored)
      this.#options.log.info({ code: 'certificates.stored', step }, 'the certificates were changed');
    else this.#options.log.info({ code: 'certificates.outrun', step }, 'somebody else was faster');
  }

  async #trust({ authorities }: Extract<Step, { kind: 'trust' }>, { trust }: Seen): Promise<void> {
    const { api, log } = this.#options;
    const wanting = trust.filter(({ webhooks }) =>
      webhooks.some(({ trusted }) => !trustsExactly(trusted, authorities)),
    );
    for (const configuration of wanting) {
      if (!this.#leads) return;
      await writeTrust(api, configuration, authorities);
      const { kind: resource } = configuration.resource;
      log.info(
        { code: 'certificates.trusted', resource, authorities: authorities.length },
        'caBundle written',
      );
    }
  }
}
