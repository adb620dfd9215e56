import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const tested = fileURLToPath(new URL('../../webhook/survive-rejections.js', import.meta.url));

/** A process whose task rejects while nobody waits, and what comes of its other work. */
const script = `
  import { pino } from 'pino';
  import { surviveRejections } from ${JSON.stringify(tested)};
  let count = 0;
  const end = surviveRejections(pino({ base: null }, process.stdout), () => { count += 1; });
  void Promise.reject(new TypeError('of a pod'));
  setImmediate(() => {
    console.log('goes on ' + count);
    end();
    if (process.argv[1] === 'afterwards') void Promise.reject(new TypeError('of nobody'));
  });
`;

const run = (argument: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', script, argument], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
  });

test('a task that rejects while nobody waits is logged and counted, and the process goes on', () => {
  const said = run('');
  assert.match(said, /"code":"webhook.bug".*of a pod/);
  assert.match(said, /goes on 1/);
});

test('once the webhook has ended, such an error ends the process again', () => {
  assert.throws(() => run('afterwards'), { status: 1 });
});
