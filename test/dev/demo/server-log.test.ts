import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerLog } from '../../../dev/demo/server-log.js';

const lines = [
  '2026-01-01 00:00:01.000 GMT [1] LOG:  database system is ready to accept connections',
  '2026-01-01 00:00:02.000 GMT [9] PANIC:  could not write to file "pg_wal/xlogtemp.9": No space left on device',
  '2026-01-01 00:00:02.100 GMT [8] FATAL:  terminating connection due to administrator command',
  '2026-01-01 00:00:02.200 GMT [7] FATAL:  the database system is in recovery mode',
  '2026-01-01 00:00:02.300 GMT [6] LOG:  database system was not properly shut down; automatic recovery in progress',
  '2026-01-01 00:00:02.400 GMT [5] ERROR:  could not read blocks 7..7 in file "base/5/16402": Input/output error',
  '2026-01-01 00:00:02.500 GMT [4] FATAL:  could not receive data from WAL stream: server closed the connection unexpectedly',
  '2026-01-01 00:00:02.600 GMT [4] FATAL:  streaming replication receiver "walreceiver" could not connect to the primary server: connection refused',
];

test('the log tells of a panic once, of no connection that is recreated, and counts recoveries', () => {
  const grave: string[] = [];
  const log = openServerLog((message) => grave.push(message));
  for (const line of [...lines, ...lines]) log.note(line);
  assert.deepEqual(grave, ['PANIC: could not write to file "pg_wal/xlogtemp.9": No space left on device']);
  assert.equal(log.recoveries, 2);
});
