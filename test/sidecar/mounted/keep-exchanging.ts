/**
 * A second way to a volume, in a process of its own. As soon as anything is called OTHER, it exchanges the two names,
 * exchanges them back, and removes what was made; without end, until its parent ends it. Says `ready` at the start.
 *
 *     node keep-exchanging.js ONE OTHER UID
 */
import { rmSync } from 'node:fs';
import { asUser } from './libc/credentials.js';
import { RENAME_EXCHANGE, renameat2 } from './libc/files.js';

const [one = '', other = '', uid = ''] = process.argv.slice(2);

function exchange(): boolean {
  try {
    renameat2(one, other, RENAME_EXCHANGE);
    return true;
  } catch {
    return false;
  }
}

asUser({ uid: Number(uid), gid: Number(uid) }, () => {
  process.stdout.write('ready\n');
  for (;;) if (exchange() && exchange()) rmSync(other, { recursive: true });
});
