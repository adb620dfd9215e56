/**
 * The API server as one controller has it, when all goes wrong that can between the two. Everything follows from the seed.
 *
 *     call  ─► refused, a conflict, carried out twice, or carried out and its answer lost
 *     watch ─► gone (410), late, or silent from some event on
 */
import type { Clock } from '../../core/clock.js';
import { HavocError } from '../../core/havoc-error.js';
import type { KubeApi, WatchEvent, WatchOptions } from '../../kube/kube-api.js';
import type { Selection } from '../../kube/kube-object.js';
import type { SeededRandom } from '../seeded-random.js';

/** Chances, of each call, each write or each watch. */
export interface Trouble {
  /** Nothing is done. */
  readonly refuses: number;
  /** It is carried out, and nobody hears of it. */
  readonly loses: number;
  /** A write is carried out twice. */
  readonly doubles: number;
  /** A change that was sound is a conflict. */
  readonly conflicts: number;
  readonly expires: number;
  readonly silences: number;
  /** So late its events may be. */
  readonly lagMs: number;
}

export interface UnreliableOptions {
  readonly trouble: Trouble;
  readonly random: SeededRandom;
  readonly clock: Clock;
  /** The controller is killed: nothing of it gets through any more, and it hears nothing. */
  readonly isDead: () => boolean;
  readonly onWrite: () => void;
}

const lost = new HavocError('kube.timeout', 'the API server did not answer in time');
const conflict = new HavocError('kube.conflict', 'it was changed meanwhile');
const gone = new HavocError('kube.gone', 'too old resource version');

export function unreliableApi(api: KubeApi, options: UnreliableOptions): KubeApi {
  const { trouble, random, isDead, onWrite } = options;
  const read = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isDead() || random.chance(trouble.refuses)) throw lost;
    return work();
  };
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isDead() || random.chance(trouble.refuses)) throw lost;
    if (random.chance(trouble.doubles)) await work().catch(() => {});
    const answer = await work();
    onWrite();
    if (isDead() || random.chance(trouble.loses)) throw lost;
    return answer;
  };
  const change = async <T>(work: () => Promise<T>): Promise<T> => {
    if (random.chance(trouble.conflicts)) throw conflict;
    return write(work);
  };
  return {
    get: (target) => read(() => api.get(target)),
    list: (selection) => read(() => api.list(selection)),
    listEach: (selection, onObject) => read(() => api.listEach(selection, onObject)),
    create: (selection, object) => write(() => api.create(selection, object)),
    replace: (target, object) => change(() => api.replace(target, object)),
    patch: (target, patch) => change(() => api.patch(target, patch)),
    remove: (target, only) => write(() => api.remove(target, only)),
    post: (target, object) => write(() => api.post(target, object)),
    serverMs: () => read(() => api.serverMs()),
    version: () => read(() => api.version()),
    watch: (selection, watching) => watch(api, selection, watching, options),
  };
}

async function watch(
  api: KubeApi,
  selection: Selection,
  watching: WatchOptions,
  { trouble, random, clock, isDead }: UnreliableOptions,
): Promise<void> {
  if (random.chance(trouble.expires)) throw gone;
  const lagMs = random.one([0, 0, trouble.lagMs]);
  let left = random.chance(trouble.silences) ? random.integer(6) : Number.POSITIVE_INFINITY;
  let isOpen = true;
  const tell = (event: WatchEvent): void => {
    if (isOpen && !isDead()) watching.onEvent(event);
  };
  const onEvent = (event: WatchEvent): void => {
    left -= 1;
    if (left < 0) return;
    if (lagMs === 0) tell(event);
    else clock.after(lagMs, () => tell(event));
  };
  try {
    await api.watch(selection, { ...watching, onEvent });
  } finally {
    isOpen = false;
  }
}
