/** The controller is killed at every single write that it makes for a run, and the next one brings the run to the same end. */
import { test } from 'node:test';
import { dieAtEachWrite } from './die-at-each-write.js';
import { skipDeaths } from './dying-controller.js';

test(
  'at whichever write its controller dies, its answer given, a run ends as it would have',
  {
    skip: skipDeaths,
    timeout: 900_000,
  },
  (t) => dieAtEachWrite(t, 'given'),
);
