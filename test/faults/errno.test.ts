import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import { errnoAliases, errnos } from '../../faults/errno.js';

test('the errors have the numbers that this machine has', { skip: process.platform !== 'linux' }, () => {
  const here: Readonly<Record<string, number>> = constants.errno;
  for (const [name, { number }] of Object.entries(errnos)) {
    if (here[name] !== undefined) assert.equal(number, here[name], name);
  }
  for (const [alias, name] of errnoAliases) {
    if (here[alias] !== undefined) assert.equal(errnos[name].number, here[alias], alias);
  }
});
