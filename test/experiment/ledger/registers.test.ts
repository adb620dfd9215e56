/** Which registers are used, and what their answers say together. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../core/clock.js';
import { systemClock } from '../../../core/clock.js';
import { judge } from '../../../experiment/ledger/judge.js';
import { limits } from '../../../experiment/ledger/limits.js';
import type { RegisterOperation } from '../../../experiment/ledger/linearizable/register.js';
import { checkRegisters } from '../../../experiment/ledger/registers/check-registers.js';
import type { RegisterCall } from '../../../experiment/ledger/registers/register-calls.js';
import { RegisterTurns } from '../../../experiment/ledger/registers/register-client.js';
import { historyOf } from './history-of.js';

const call = (register: number, calledMs: number, operation: RegisterOperation): RegisterCall => ({
  register,
  operation,
  calledMs,
  returnedMs: calledMs + 1,
});
const write = (value: string): RegisterOperation => ({ kind: 'write', value });
const read = (value: string): RegisterOperation => ({ kind: 'read', value });
const history = (...registerCalls: readonly RegisterCall[]) => ({ ...historyOf({}), registerCalls });

const counts = {
  acknowledged: 1,
  lost: 0,
  stale: 0,
  duplicated: 0,
  corrupt: 0,
  refused: { there: 0, gone: 0 },
  unknown: { there: 0, gone: 0 },
};

test('RegisterTurns uses a few registers at once, each as often as is checked quickly, with all kinds of operations', () => {
  const turns = new RegisterTurns();
  const seen = new Map<number, { count: number; readonly kinds: Set<string> }>();
  const values = new Set<string>();
  for (let turn = turns.next(); turn !== null; turn = turns.next()) {
    const of = seen.get(turn.register) ?? { count: 0, kinds: new Set() };
    seen.set(turn.register, of);
    of.count += 1;
    of.kinds.add(turn.kind);
    values.add(turn.value);
  }
  assert.equal(seen.size, limits.registers);
  for (const { count, kinds } of seen.values())
    assert.deepEqual([count, kinds.size], [limits.registerOperations, 3]);
  assert.equal(values.size, limits.registers * limits.registerOperations);
});

test('checkRegisters() judges each register by itself, and names those that are wrong', async () => {
  const calls = [
    call(0, 0, write('a')),
    call(1, 2, write('b')),
    call(0, 4, read('a')),
    call(1, 6, read('a')),
  ];
  const result = await checkRegisters(history(...calls), [], systemClock);
  assert.deepEqual(result, { registers: 'Illegal', registerOperations: 4, illegalRegisters: [1] });
  const { message } = judge(counts, {
    readBack: { kind: 'read', found: [] },
    registers: result,
    isFull: false,
  });
  assert.match(message, /; the answers of registers contradict each other: register-1$/);
});

test('checkRegisters() takes what is there in the end for one more read', async () => {
  const calls = history(call(0, 0, write('a')), call(0, 4, write('b')));
  assert.equal((await checkRegisters(calls, [['b'], ['b']], systemClock)).registers, 'Ok');
  assert.equal((await checkRegisters(calls, [['b'], ['a']], systemClock)).registers, 'Illegal');
  assert.equal((await checkRegisters(calls, [[null]], systemClock)).registers, 'Illegal');
});

test('checkRegisters() has nothing to say where no register was used', async () => {
  const result = await checkRegisters(history(), [], systemClock);
  assert.deepEqual(result, { registers: null, registerOperations: 0, illegalRegisters: [] });
});

test('checkRegisters() is Unknown where its time is over, and the message says so', async () => {
  let ms = 0;
  const clock: Clock = {
    ...systemClock,
    monotonicMs: () => {
      ms += limits.linearizeMs;
      return ms;
    },
  };
  const registers = await checkRegisters(history(call(0, 0, write('a'))), [], clock);
  assert.equal(registers.registers, 'Unknown');
  const { data, message } = judge(counts, { readBack: { kind: 'read', found: [] }, registers, isFull: true });
  assert.deepEqual(
    [data, message],
    [
      'Intact',
      'the one acknowledged write is there; the ledger is full, and wrote no more than 2,000,000 writes; registers could not be checked in time',
    ],
  );
});
