import { test } from 'node:test';
import { rotateUnderLoad } from './rotate-under-load.js';

test('4 rotations under load, leaves and authorities, fail no review and drop no connection', (t) =>
  rotateUnderLoad(t, 4));
