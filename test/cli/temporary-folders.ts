/** Folders of the test's own, gone when it ends, however it ends. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { lastFirst } from './last-first.js';

/** Returns the path of the folder that holds them all. Anybody may look into it, whatever the umask. */
export function temporaryFolders(t: TestContext, ...names: readonly string[]): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'havock8s-cli-')));
  lastFirst(t, () => rmSync(root, { recursive: true, force: true, maxRetries: 10 }));
  for (const name of names) mkdirSync(join(root, name), { recursive: true });
  return root;
}
