import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { programs } from '../../../dev/jobs/build-product.js';
import { licencesOfPackages } from '../../../dev/jobs/licences-of-packages.js';

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

test('a package that lies in what ships brings its licence along, those within it too', () => {
  const text = licencesOfPackages([
    'node_modules/zod/index.js',
    'node_modules/express/index.js',
    'node_modules/express/lib/request.js',
    'cli/main.ts',
  ]);
  const versionOf = (name: string): string =>
    JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')).version;
  assert.deepEqual(text.match(/^\S+ \S+ \(.*\)$/gm), [
    `express ${versionOf('express')} (MIT)`,
    `zod ${versionOf('zod')} (MIT)`,
  ]);
  assert.equal(text.match(/Permission is hereby granted, free of charge/g)?.length, 2);
  const shipped = readFileSync('build/licences.txt', 'utf8');
  for (const name of ['express', 'zod', 'qs', 'side-channel'])
    assert.ok(shipped.includes(`${name} ${versionOf(name)} (`), name);
});
