/** Many runs at once among many pods of one namespace. */
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { playManyRuns } from './many-runs.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');

test(
  'many runs at once come to their verdict, in bounded memory and with few requests',
  {
    skip,
    timeout: 400_000,
  },
  (t) => playManyRuns(t, { runs: 20, members: 20, boundMs: 200_000 }),
);
