/** A run of a small web server on a disk that is made for it, and what came of it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JournalEvent } from '../../../experiment/journal/events.js';
import { needs } from '../../needs.js';
import { freePort } from '../../sidecar/network/ports.js';
import { type Ran, type Running, spawnCli } from '../run-cli.js';
import { temporaryFolders } from '../temporary-folders.js';

/** What such a run needs of the machine. */
export const skip = needs('fuse', 'setpriv');
export const server = fileURLToPath(new URL('./page-server.js', import.meta.url));

interface Spec {
  readonly steps: readonly object[];
  readonly during?: object;
  readonly restart?: string;
  /** The server becomes the arguments of this. */
  readonly before?: readonly string[];
  readonly more?: object;
}

/** Written and begun; its disk is made for the run. */
export async function begun(
  t: TestContext,
  { steps, during = {}, restart = 'never', before = [], more = {} }: Spec,
): Promise<Run> {
  const root = temporaryFolders(t, 'tmp');
  const port = await freePort();
  const file = {
    apiVersion: 'havock8s.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'page' },
    spec: {
      local: {
        disks: [{ name: 'www' }],
        command: [...before, process.execPath, server, String(port)],
        restart,
      },
      hypothesis: {
        probes: [
          {
            name: 'page',
            http: { url: `http://127.0.0.1:${port}/` },
            interval: '100ms',
            timeout: '10s',
            tolerance: { during, after: { stableFor: '300ms' } },
          },
        ],
      },
      recoveryObjective: '30s',
      steps,
      ...more,
    },
  };
  writeFileSync(join(root, 'page.yaml'), JSON.stringify(file));
  const args = [
    'run',
    '-f',
    'page.yaml',
    '--journal',
    'journal.jsonl',
    '-o',
    'json',
    '--report',
    'out/a.html',
  ];
  return { root, ...spawnCli(t, args, { cwd: root, env: { TMPDIR: join(root, 'tmp') } }) };
}

export interface Run extends Running {
  readonly root: string;
}

interface Ended extends Ran {
  readonly judgement: {
    readonly verdict: string;
    readonly reason: string;
    readonly message: string;
    readonly report: string;
  };
  readonly events: readonly JournalEvent[];
}

export async function ended({ root, ended: ending }: Run): Promise<Ended> {
  const ran = await ending;
  assertNothingLeft(root);
  assert.notEqual(ran.stdout, '', ran.stderr);
  return { ...ran, judgement: JSON.parse(ran.stdout), events: eventsOf(root) };
}

export const eventsOf = (root: string): readonly JournalEvent[] =>
  readFileSync(join(root, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

export function assertNothingLeft(root: string): void {
  assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(root), 'a mount is left');
  assert.deepEqual(readdirSync(join(root, 'tmp')), [], 'the disk that was made is left');
}
