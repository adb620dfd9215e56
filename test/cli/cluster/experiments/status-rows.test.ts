import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statusRows } from '../../../../cli/cluster/experiments/status-rows.js';
import type { ExperimentObject } from '../../../../controller/experiment-object.js';

const nowMs = Date.parse('2026-12-01T03:04:05Z');
const metadata = { namespace: 'shop', name: 'slow-wal' };
const fault = { name: 'slow', pod: 'pg-0', until: '2026-12-01T03:05:05Z' } as const;

const rowsOf = (object: Omit<ExperimentObject, 'metadata'>): readonly string[] =>
  statusRows({ metadata, ...object }, nowMs)
    .slice(1)
    .map(([title, text]) => `${title}: ${text}`);

const cases: Readonly<Record<string, readonly [Omit<ExperimentObject, 'metadata'>, readonly string[]]>> = {
  'nobody has taken it up': [{}, ['phase: no controller has taken it up yet']],
  'it goes on, with a fault on and one that is over': [
    {
      status: {
        ...{ phase: 'During', step: 'slow', startedAt: '2026-12-01T03:03:05Z', faultsLeft: 1 },
        targets: [{ name: 'db', count: 3, pods: ['pg-0', 'pg-1'] }],
        faults: [
          { ...fault, state: 'Armed', hits: 12 },
          { ...fault, pod: 'pg-1', state: 'Off', hits: 1 },
          { ...fault, pod: 'pg-2', state: 'Unverified' },
        ],
      },
    },
    [
      'phase: During: slow',
      'began: 2026-12-01T03:03:05Z, 1m 00s ago',
      'target: db: pg-0, pg-1 and 1 more',
      'fault: slow on pg-0: armed, 12 hits, 1m 00s left',
      'fault: slow on pg-1: off, 1 hit',
      'fault: slow on pg-2: unverified, hits unknown',
    ],
  ],
  'it is told to stop, and paused': [
    { spec: { stop: { reason: 'lunch' }, paused: true }, status: { phase: 'Before' } },
    ['phase: Before', 'stop: asked for: lunch', 'paused: nothing new begins'],
  ],
  'a fault is due to be off': [
    {
      status: {
        phase: 'During',
        faults: [{ ...fault, state: 'Armed', hits: 0, until: '2026-12-01T03:04:00Z' }],
      },
    },
    ['phase: During', 'fault: slow on pg-0: armed, 0 hits, due to end since 2026-12-01T03:04:00Z'],
  ],
  'it is over, with something left': [
    {
      status: {
        ...{
          phase: 'Over',
          verdict: 'Error',
          reason: 'FaultLeft',
          message: 'nobody could say',
          data: 'Unknown',
        },
        ...{ endedAt: '2026-12-01T03:04:00Z', faultsLeft: 1 },
        conditions: [
          {
            ...{ type: 'Finished', status: 'True', reason: 'Error', message: 'nobody could say' },
            lastTransitionTime: '2026-12-01T03:04:00Z',
          },
        ],
      },
    },
    [
      'verdict: Error: FaultLeft',
      'why: nobody could say',
      'data: Unknown',
      'ended: 2026-12-01T03:04:00Z',
      'left: 1 fault that nobody could see off',
      'condition: Finished True: Error',
    ],
  ],
};

for (const [name, [object, rows]] of Object.entries(cases))
  test(`the status of a run: ${name}`, () => assert.deepEqual(rowsOf(object), rows));
