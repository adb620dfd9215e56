/** `havock8s watch`: what faults do, live. */
import { Command } from 'commander';
import {
  addOptions,
  isOfCluster,
  type PodsFlags,
  placesHelp,
  podsOptions,
} from '../cluster/cluster-flags.js';
import { type ControlFlags, clientOf, consoleOf, controlOption } from '../command-options.js';
import type { Console } from '../terminal/console.js';
import { jsonView, lineView } from './watch/line-views.js';
import { screenView } from './watch/screen-view.js';
import { type WatchView, watchFaults } from './watch/watch-faults.js';

export function watchCommand(): Command {
  const command = new Command('watch')
    .summary('follow live what faults do')
    .description('Shows live what each fault matched and hit and how long it goes on. Ends with Ctrl-C.')
    .addOption(controlOption());
  return addOptions(command, podsOptions())
    .addHelpText('after', examples)
    .action(async (flags: ControlFlags & PodsFlags, command: Command) => {
      const console = consoleOf(command);
      if (!isOfCluster(flags, command)) return await watch(flags, console);
      const { watchPods } = await import('../cluster/watch/watch-pods.js');
      await watchPods(flags, console);
    });
}

async function watch(flags: ControlFlags, console: Console): Promise<void> {
  const client = clientOf(flags, console);
  const ending = new AbortController();
  const end = () => ending.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  const view = viewFor(console, client.base.origin);
  try {
    await watchFaults(client, view, ending.signal);
  } finally {
    view.close();
  }
}

function viewFor(console: Console, url: string): WatchView {
  const now = () => new Date();
  if (console.json) return jsonView(console, now);
  if (!console.out.isTerminal) return lineView(console, now);
  return screenView(console, { url, rows: () => process.stdout.rows || 24 });
}

const examples = `
Examples:
  havock8s watch
  havock8s watch | tee faults.log                   one line for every event and every change of the counts
  havock8s watch -o json | jq -c 'select(.kind == "event").event'
  kubectl havock8s watch
  havock8s watch -A -o json                         one object for every change: {"kind": "pods", "at", "pods"}
${placesHelp}`;
