/** The supervisor, PID 1 of container havock8s-faults: its log is stdout, and its end is asked for by a signal. */

import { codeOf, HavocError, hasCode, messageOf } from '../../../core/havoc-error.js';
import { hideFromOthers } from '../../linux/dumpable.js';
import { onAskedToEnd } from '../asked-to-end.js';
import type { FaultsConfig } from './faults-config.js';
import { openLog } from './log.js';
import { reapOrphans } from './reap-orphans.js';
import { superviseFaults } from './supervise-faults.js';

const config = JSON.parse(process.argv[2] ?? '{}') as FaultsConfig;
const log = openLog(config.logLevel);
process.title = 'havock8s-supervisor';
hideFromOthers();

const askedCode = 'sidecar.asked-to-end';
const asked = new Promise<never>((_, reject) => {
  onAskedToEnd((signal) => reject(new HavocError(askedCode, `ending: ${signal}`)));
});
asked.catch(() => {});

async function run(): Promise<void> {
  if (process.pid === 1) reapOrphans();
  const faults = await superviseFaults({ config, onLog: log.line, aborted: asked });
  try {
    await Promise.race([asked, faults.failed]);
  } finally {
    await faults.close();
  }
}

await run().catch((error: unknown) => {
  const isAsked = hasCode(error, askedCode);
  if (isAsked) log.say('info', 'supervisor.ended', error.message);
  else log.say('fatal', codeOf(error), messageOf(error));
  process.exitCode = isAsked ? 0 : 1;
});
