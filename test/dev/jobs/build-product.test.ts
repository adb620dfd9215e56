import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { programs } from '../../../dev/jobs/build-product.js';

const { include: folders } = JSON.parse(readFileSync('tsconfig.product.json', 'utf8'));

/** A module that is named, and not imported, is started by its path. */
const named = /(?<!from |import |import\()'(\.\.?\/[\w/.-]+)\.js'/g;

test('every program that the product starts by its path is built, and nothing else is', () => {
  const sources = (folders as string[]).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(folder, path)),
  );
  const started = sources.flatMap((source) =>
    [...readFileSync(source, 'utf8').matchAll(named)].map(([, path = '']) => join(dirname(source), path)),
  );
  assert.deepEqual([...new Set(started), 'cli/main'].sort(), [...programs].sort());
});
