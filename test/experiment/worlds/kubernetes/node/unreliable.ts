/** An API server whose answers get lost: before the call is made, or after, when nobody knows that it was. */
import { HavocError } from '../../../../../core/havoc-error.js';
import type { KubeApi } from '../../../../../kube/kube-api.js';

/** `random` gives 0 to 1; a call in `every` fails. */
export function unreliable(api: KubeApi, random: () => number, every: number): KubeApi {
  const lost = new HavocError('kube.timeout', 'no answer in time');
  const maybe = async <T>(call: () => Promise<T>): Promise<T> => {
    if (random() < 1 / (2 * every)) throw lost;
    const answer = await call();
    if (random() < 1 / (2 * every)) throw lost;
    return answer;
  };
  return {
    get: (target) => maybe(() => api.get(target)),
    list: (selection) => maybe(() => api.list(selection)),
    listEach: (selection, onObject) => maybe(() => api.listEach(selection, onObject)),
    create: (selection, object) => maybe(() => api.create(selection, object)),
    replace: (target, object) => maybe(() => api.replace(target, object)),
    patch: (target, patch) => maybe(() => api.patch(target, patch)),
    remove: (target, only) => maybe(() => api.remove(target, only)),
    post: (target, object) => maybe(() => api.post(target, object)),
    watch: (selection, options) => api.watch(selection, options),
    version: () => api.version(),
    serverMs: () => maybe(() => api.serverMs()),
  };
}
