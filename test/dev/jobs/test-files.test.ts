/** The tests run from the project's folder, as `npm test` runs them. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { testFiles } from '../../../dev/jobs/test-files.js';

test('every test of the sources is compiled', () => {
  assert.deepEqual(
    Object.values(testFiles([]))
      .flat()
      .filter((file) => !existsSync(file)),
    [],
  );
});

test('a prefix chooses files by the start of their path', () => {
  assert.deepEqual(testFiles(['test/dev/jobs/test-f']).together, ['dist/test/dev/jobs/test-files.test.js']);
});

test('a prefix that fits nothing chooses nothing', () => {
  assert.deepEqual(testFiles(['test/no-such-folder']), {
    together: [],
    alone: [],
    besideCluster: [],
    cluster: [],
    clusterWide: [],
    clusterAlone: [],
  });
});

test('what loads the machine for a minute has it to itself', () => {
  const { together } = testFiles([]);
  assert.deepEqual(
    together.filter((file) => file.includes('/death/') || file.includes('.alone.')),
    [],
  );
});

test('what is played each night is left out, unless its folder is named, and plays as its name says', () => {
  const file = 'dist/test/e2e/experiments/library-postgres.cluster-wide.nightly.test.js';
  assert.ok(!Object.values(testFiles([])).flat().includes(file));
  assert.ok(testFiles(['test/e2e/experiments']).clusterWide.includes(file));
  const nightly = Object.values(testFiles([], { nightly: true })).flat();
  assert.ok(nightly.includes(file));
  assert.deepEqual(
    nightly.filter((one) => !one.endsWith('.nightly.test.js')),
    [],
  );
});

test('a soak plays beside the cluster', () => {
  const { besideCluster, together } = testFiles(['test/certs/rotation']);
  assert.deepEqual(together, ['dist/test/certs/rotation.test.js']);
  assert.deepEqual(besideCluster, ['dist/test/certs/rotation.soak.test.js']);
});

/** Of the sources: what a whole cluster, or a whole node, feels. */
const feltByAll =
  /\b(scaleToNone|signalReplicas|losingAnswers|mayWriteNoMore|restart)\(|machine\.end\(|'drain'/;

const sourceOf = (file: string): string => file.replace(/^dist\//, '').replace(/\.js$/, '.ts');

test('a file that plays beside others stops no webhook, no kubelet and no containerd', () => {
  const { cluster, clusterWide } = testFiles(['test/e2e']);
  const felt = (files: readonly string[]): readonly string[] =>
    files.filter((file) => feltByAll.test(readFileSync(sourceOf(file), 'utf8')));
  assert.ok(felt(clusterWide).length > 5);
  assert.deepEqual(felt(cluster), []);
});

test('each end-to-end test is in one batch, by its folder and its name', () => {
  const lotsOf = (path: string): readonly string[] =>
    Object.entries(testFiles([`test/e2e/${path}`])).flatMap(([batch, files]) =>
      files.length === 0 ? [] : [batch],
    );
  assert.deepEqual(lotsOf('api-server/'), ['besideCluster']);
  assert.deepEqual(lotsOf('consensus/'), ['cluster']);
  assert.deepEqual(lotsOf('webhook/'), ['clusterWide']);
  assert.deepEqual(lotsOf('effects/promptness'), ['clusterAlone']);
});
