import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Silence, type ThreadLook } from '../../../sidecar/supervise/silence.js';

const lookMs = 500;

interface Case {
  readonly what: string;
  /** What each look finds but the beats, which stand still. */
  readonly state: string | null;
  /** Of a processor, from look to look. */
  readonly cpuMs?: number;
  readonly excused?: boolean;
  readonly sinceMs?: number;
  /** After ten looks. */
  readonly silentMs: number;
}

const cases: readonly Case[] = [
  { what: 'stopped', state: 'T', silentMs: 5000 },
  { what: 'asleep on something else than its work', state: 'S', silentMs: 5000 },
  { what: 'where /proc cannot be read', state: null, silentMs: 5000 },
  // Before the second look nobody knows what it used.
  { what: 'in a loop', state: 'R', cpuMs: 480, silentMs: 4500 },
  { what: 'in a loop on a starved machine', state: 'R', cpuMs: 30, silentMs: 1080 },
  { what: 'ready to run, and gets no turn', state: 'R', cpuMs: 0, silentMs: 0 },
  { what: 'waiting for a disk', state: 'D', silentMs: 0 },
  { what: 'held by a debugger', state: 't', silentMs: 0 },
  { what: 'at a request on the disk beneath', state: 'S', excused: true, silentMs: 0 },
  { what: 'on a machine where looking is late too', state: 'S', sinceMs: 1600, silentMs: 0 },
];

for (const { what, state, cpuMs = 0, excused = false, sinceMs = lookMs, silentMs } of cases)
  test(`a thread that is ${what} is silent for ${silentMs} ms after ten looks`, () => {
    const silence = new Silence(lookMs);
    const look = (index: number): ThreadLook => ({ beats: 7, state, cpuMs: index * cpuMs, excused });
    assert.equal(silence.after(look(0), lookMs), 0, 'a beat');
    const found = Array.from({ length: 10 }, (_, index) => silence.after(look(index + 1), sinceMs));
    assert.equal(found.at(-1), silentMs);
  });

test('one beat ends a silence', () => {
  const silence = new Silence(lookMs);
  const look = (beats: number) => silence.after({ beats, state: 'S', cpuMs: 0, excused: false }, lookMs);
  assert.deepEqual([1, 1, 1, 2, 2].map(look), [0, 500, 1000, 0, 500]);
});
