/** The controller is killed at every single write that it makes for a run, and the next one brings the run to the same end. */
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { dieAtEachWrite } from './die-at-each-write.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');

test(
  'at whichever write its controller dies, its answer lost, a run ends as it would have',
  {
    skip,
    timeout: 900_000,
  },
  (t) => dieAtEachWrite(t, 'lost'),
);
