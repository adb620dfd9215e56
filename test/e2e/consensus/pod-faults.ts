/** Faults of one pod, set and lifted as people do it; what its sidecar says of them, asked on the pod's loopback. */
import { faultPrefix } from '../../../core/keys.js';
import { controlPort } from '../../../core/pod-layout.js';
import type { ListedFault } from '../../../sidecar/registry/fault-record.js';
import type { Environment } from '../environment.js';

/** The kubelet looks at a pod's annotations when it is told of them, and at the latest within this. */
const knownS = 90;

/** Looks from inside: a kubectl for each look would cost more than what it looks for. */
const untilStatus = `
for _ in $(seq "$((${knownS} * 10))"); do
  [ "$(curl -s -o /dev/null -w '%{http_code}' "$1")" = "$2" ] && exit 0
  sleep 0.1
done
echo "$1 does not answer $2 within ${knownS} s" >&2
exit 1
`;

export class PodFaults {
  readonly #environment: Environment;
  /** One that has curl. */
  readonly #container: string;
  constructor(
    environment: Environment,
    readonly pod: string,
    container: string,
  ) {
    this.#environment = environment;
    this.#container = container;
  }

  /** Resolves once the sidecar has it in its list. */
  async arm(name: string, sentence: string): Promise<void> {
    await this.#environment.succeed(['annotate', 'pod', this.pod, `${faultPrefix}${name}=${sentence}`]);
    await this.#until(name, 200);
  }

  /** What it did, and gone from the list. */
  async lift(name: string): Promise<ListedFault> {
    const fault = await this.get(name);
    await this.#environment.succeed(['annotate', 'pod', this.pod, `${faultPrefix}${name}-`]);
    await this.#until(name, 404);
    return fault;
  }

  async get(name: string): Promise<ListedFault> {
    return JSON.parse(
      await this.#environment.exec(this.pod, this.#container, ['curl', '-s', urlOf(name)]),
    ) as ListedFault;
  }

  async #until(name: string, status: number): Promise<void> {
    await this.#environment.exec(this.pod, this.#container, [
      'sh',
      '-c',
      untilStatus,
      'sh',
      urlOf(name),
      String(status),
    ]);
  }
}

const urlOf = (name: string): string => `http://127.0.0.1:${controlPort}/v1/faults/${name}`;
