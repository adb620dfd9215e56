/** `status NAME` and `report NAME`: one run of a cluster, as it is now. */
import { HavocError } from '../../../core/havoc-error.js';
import { printable } from '../../../core/printable.js';
import type { Journal } from '../../../experiment/journal/read-journal.js';
import { type Console, printJson } from '../../terminal/console.js';
import { padTo } from '../../terminal/width.js';
import { wrap } from '../../terminal/wrap.js';
import type { NamespaceFlags } from '../cluster-flags.js';
import { openCluster } from '../open-cluster.js';
import { findRun, journalPath, readRunJournal } from './find-run.js';
import { statusRows } from './status-rows.js';

const titleColumns = 'experiment'.length + 2;

export async function showRun(name: string, flags: NamespaceFlags, { json, out }: Console): Promise<void> {
  const cluster = await openCluster(flags);
  // By the clock that stamped what is told.
  const [run, nowMs] = await Promise.all([findRun(cluster, name), cluster.api.serverMs()]);
  const { metadata, spec, status = {} } = run;
  if (json) {
    const { paused = false, stop = null } = spec ?? {};
    const { namespace } = metadata;
    return printJson(out, { namespace, experiment: metadata.name, paused, stop, ...status });
  }
  const columns = Math.min(out.columns, 120);
  for (const [title, text] of statusRows(run, nowMs)) {
    const lines = wrap(printable(text), columns, ' '.repeat(titleColumns)).trimStart();
    out.line(`${out.ink.dim(padTo(title, titleColumns))}${lines}`);
  }
}

export interface FoundJournal {
  readonly journal: Journal;
  /** As reports call it. */
  readonly path: string;
}

/** Rejects with `experiment.no-journal` where there is none. */
export async function findJournal(name: string, flags: NamespaceFlags): Promise<FoundJournal> {
  const cluster = await openCluster(flags);
  const run = await findRun(cluster, name);
  const journal = await readRunJournal(cluster, run);
  if (journal !== null) return { journal, path: journalPath(cluster.namespace, name) };
  const { verdict, phase } = run.status ?? {};
  const why =
    verdict !== undefined
      ? `it is over (${verdict}), and its journal was deleted`
      : `${phase === undefined ? 'no controller has taken it up' : 'nothing is written'} yet`;
  throw new HavocError(
    'experiment.no-journal',
    `experiment ${name} in namespace ${cluster.namespace} has no journal: ${why}; what is known: havock8s status ${name} -n ${cluster.namespace}`,
  );
}
