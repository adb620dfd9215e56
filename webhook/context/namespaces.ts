/**
 * What is known of a pod's namespace when the pod is reviewed. Nearly always it is in the watch cache; where it was made
 * or opted in a moment ago it is not yet, and the API server is asked for it, once for all who wait, and not for long.
 *
 *     namespace ─┬─ known, opted in ───────────────► at once
 *                └─ look up ─┬─ found ─────────────► soon
 *                            └─ failed, too late ──► what was known, or nothing
 */
import { injectionEnabled, injectionLabel } from '../../core/keys.js';
import type { AdmissionContext } from '../admission.js';
import type { AdmissionContextOf } from '../server/inject-webhook.js';
import { contextLimits } from './limits.js';

export type Labels = Readonly<Record<string, string>>;

export interface NamespacesOptions {
  /** The watch cache, by name. */
  readonly known: { get(name: string): Labels | undefined };
  /** One request; null: there is no such namespace. */
  readonly lookUp: (name: string) => Promise<Labels | null>;
  /** Of Kubernetes 1.MINOR. */
  readonly minor: () => number | null;
  /** Runs once after `ms`, and returns the way to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly onFailure: (name: string, error: unknown) => void;
}

export function namespaceContext(options: NamespacesOptions): AdmissionContextOf {
  const lookUps = new LookUps(options);
  const context = (namespace: string, labels: Labels): AdmissionContext => ({
    namespace,
    labels,
    minor: options.minor(),
  });
  return (namespace) => {
    const known = options.known.get(namespace);
    // Only opted-in namespaces are asked about: one that seems not to be has become one since.
    if (known?.[injectionLabel] === injectionEnabled) return context(namespace, known);
    return lookUps.labelsOf(namespace).then((found) => {
      const labels = found ?? known;
      return labels === undefined ? null : context(namespace, labels);
    });
  };
}

class LookUps {
  readonly #options: NamespacesOptions;
  readonly #running = new Map<string, Promise<Labels | null>>();

  constructor(options: NamespacesOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  labelsOf(name: string): Promise<Labels | null> {
    const running = this.#running.get(name);
    if (running !== undefined) return inTime(running, this.#options.after);
    if (this.#running.size >= contextLimits.lookUpsAtOnce) return Promise.resolve(null);
    const started = this.#lookUp(name).finally(() => this.#running.delete(name));
    this.#running.set(name, started);
    return inTime(started, this.#options.after);
  }

  async #lookUp(name: string): Promise<Labels | null> {
    try {
      return await this.#options.lookUp(name);
    } catch (error) {
      this.#options.onFailure(name, error);
      return null;
    }
  }
}

function inTime<T>(wanted: Promise<T>, after: NamespacesOptions['after']): Promise<T | null> {
  return new Promise((resolve) => {
    const callOff = after(contextLimits.lookUpMs, () => resolve(null));
    void wanted.then((value) => {
      callOff();
      resolve(value);
    });
  });
}
