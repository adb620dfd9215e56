import { test } from 'node:test';
import { manyAtOnce } from './many-at-once.js';

test('a thousand reviews at once, each on a connection of its own, are all answered', (t) =>
  manyAtOnce(t, 1000));
