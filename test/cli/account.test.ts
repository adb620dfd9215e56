import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Account, readAccount } from '../../cli/commands/local/account.js';

/** Every Debian has these. */
const account = (text: string): Account => {
  const read = readAccount(text);
  if (read.kind === 'problem') throw new Error(read.problem.message);
  return read.account;
};

test('a user alone brings their own group, groups and home', () => {
  const due = { uid: 65_534, gid: 65_534, ownGroups: true, person: { name: 'nobody', home: '/nonexistent' } };
  assert.deepEqual(account('nobody'), due);
  assert.deepEqual(account('65534'), due);
});

test('with a group, that is the only one', () => {
  assert.deepEqual(account('nobody:daemon'), { ...account('nobody'), gid: 1, ownGroups: false });
  assert.deepEqual(account('0:12345'), {
    uid: 0,
    gid: 12_345,
    ownGroups: false,
    person: { name: 'root', home: '/root' },
  });
});

test('a number that belongs to nobody needs a group', () => {
  assert.deepEqual(account('54321:54321'), { uid: 54_321, gid: 54_321, ownGroups: false, person: null });
  const read = readAccount('54321');
  assert.equal(read.kind, 'problem');
});

test('whoever does not exist is refused', () => {
  const wrong = [
    '',
    ':',
    'no-such-user',
    'nobody:no-such-group',
    'nobody:',
    ':1',
    '1:2:3',
    '-1',
    '4294967295:1',
    '1:4294967295',
    '1e3:1',
    '--help',
  ];
  for (const text of wrong) assert.equal(readAccount(text).kind, 'problem', text);
});
