/** Said before a run: which file it is, what it is about, and what will be done. */
import { printable } from '../../../core/printable.js';
import { planOf } from '../../../experiment/engine/plan.js';
import { outlineOf } from '../../../experiment/explain.js';
import type { Experiment } from '../../../experiment/file/experiment.js';
import type { Sheet } from '../../terminal/console.js';
import { wrap } from '../../terminal/wrap.js';
import { storyLine, subjectColumns } from './story.js';

const mostSteps = 20;

/** `name` is that of the file. */
export function introduce(experiment: Experiment, name: string, err: Sheet): void {
  const { ink } = err;
  const columns = Math.min(err.columns, 100);
  const plan = planOf(experiment);
  const outline = outlineOf(plan);
  err.line(`${ink.bold(printable(plan.name))}  ${ink.dim(name)}`);
  if (plan.description !== '') err.line(wrap(printable(plan.description.trim()), columns, '  '));
  err.line();
  for (const { step, says } of outline.slice(0, mostSteps)) {
    const indent = ' '.repeat(subjectColumns);
    err.line(storyLine(null, step, wrap(printable(says), columns, indent).trimStart(), ink));
  }
  const left = outline.length - mostSteps;
  err.line(
    ink.dim(`  ${left > 0 ? `${left} more steps. ` : ''}All of it in words: havock8s explain -f ${name}\n`),
  );
}
