import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Builder } from '../../../../dev/image/builder.js';
import { pull } from '../../../../dev/image/pull.js';

const reference = 'registry.example/node:20';
const bounds = { answerMs: 300, pullMs: 60_000 };

/** `$1` is the reference. */
const builderThat = (script: string): Builder => ({
  name: 'buildah',
  command: ([, image = '']) => ['sh', '-c', script, 'sh', image],
});

test('a registry that says nothing is given up after the time it had to answer', async () => {
  const startedMs = performance.now();
  const reason = await pull(
    builderThat('echo "Trying to pull $1..." >&2; exec sleep 100'),
    reference,
    bounds,
  );
  assert.equal(reason, 'no registry answered within 0.3 s');
  assert.ok(performance.now() - startedMs < 30_000);
});

for (const answer of ['Getting image source signatures', '20-bookworm-slim: Pulling from library/node'])
  test(`a registry that answered may take longer than that: ${answer}`, async () => {
    const builder = builderThat(`echo "Trying to pull $1..."; echo '${answer}'; sleep 1`);
    assert.equal(await pull(builder, reference, bounds), null);
  });

test('why an image cannot be pulled is what the builder said last', async () => {
  const builder = builderThat('echo Trying >&2; echo "no such host: $1" >&2; exit 125');
  assert.equal(await pull(builder, reference, bounds), `no such host: ${reference}`);
});

test('a pull that goes on for ever ends at its bound', async () => {
  const builder = builderThat('echo "Copying blob"; exec sleep 100');
  assert.match(
    (await pull(builder, reference, { answerMs: 10_000, pullMs: 500 })) ?? '',
    /longer than 0.5 s/,
  );
});
