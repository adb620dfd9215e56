/** Check `holder`: does it listen at its socket? */
import { sidecar } from '../../../core/pod-layout.js';
import { socketState } from '../../../sidecar/linux/packet-socket.js';
import type { Check } from '../check.js';
import { broken, type Judgement, ok, warning } from '../finding.js';
import type { PodPlace } from './pod-place.js';

export interface HolderFacts {
  readonly socket: ReturnType<typeof socketState>;
  /** Has the pod a volume that is served? Null where that is not known. */
  readonly hasVolumes: boolean;
}

export const holder = ({ paths }: PodPlace, hasVolumes: boolean): Check => ({
  name: 'holder',
  look: () => judgeHolder({ socket: socketState(paths.holderSocket), hasVolumes }),
});

export function judgeHolder({ socket, hasVolumes }: HolderFacts): readonly Judgement[] {
  if (socket === 'listens') return [ok('the holder listens')];
  if (socket === 'missing' && !hasVolumes)
    return [ok('this pod has no volume that is served, and no holder')];
  const logs = `kubectl logs POD -c ${sidecar.mount} --previous`;
  if (socket === 'busy')
    return [
      warning({
        found: 'the holder has connections waiting that it does not take',
        follows: 'a fault proxy that is started again waits for it',
        mend: [logs],
      }),
    ];
  return [
    broken({
      found:
        socket === 'missing'
          ? 'no holder has listened yet'
          : 'the holder is gone: nobody listens at its socket',
      follows:
        'the mounts live on as long as the fault proxy does; when that dies, too, files that are open are lost',
      mend: [`the kubelet starts it again; if it does not: kubectl describe pod POD; ${logs}`],
    }),
  ];
}
