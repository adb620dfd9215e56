/**
 * What was found, for people: problems first.
 *
 *     broken   mounts   /mnt/pg: the mount is dead ...
 *                       so: whoever uses it gets ...
 *                       do: umount --lazy /mnt/pg
 */
import { printable } from '../../core/printable.js';
import { exitCode } from '../exit-code.js';
import { type Console, printJson, type Sheet } from '../terminal/console.js';
import type { Ink } from '../terminal/ink.js';
import { padTo } from '../terminal/width.js';
import { wrap } from '../terminal/wrap.js';
import { count, type Finding, type FindingState, verdicts, worstOf } from './finding.js';

export interface Report {
  readonly place: { readonly kind: string; readonly says: string };
  readonly findings: readonly Finding[];
  /** What nobody can see from there. */
  readonly beyond: readonly string[];
}

/** Returns the exit code: only what is broken is a failure. */
export function showReport({ place, findings, beyond }: Report, { json, out }: Console): number {
  const sorted = verdicts.flatMap((verdict) => findings.filter((one) => one.verdict === verdict));
  const verdict = worstOf(findings);
  if (json) {
    const shown = sorted.map(({ mend, ...rest }) => ({ ...rest, do: mend }));
    printJson(out, { place, verdict, findings: shown, beyond });
  } else {
    for (const line of [
      place.says,
      '',
      ...reportLines(sorted, out),
      '',
      ...beyondLines(beyond, out),
      sumOf(findings),
    ])
      out.line(line);
  }
  return verdict === 'broken' ? exitCode.failed : exitCode.done;
}

export function reportLines(
  findings: readonly Finding[],
  { ink, columns }: Pick<Sheet, 'ink' | 'columns'>,
): readonly string[] {
  const name = Math.max(0, ...findings.map(({ check }) => check.length));
  const indent = ' '.repeat(9 + name + 2);
  const width = Math.min(columns, 160);
  const hang = (text: string): string => wrap(printable(text), width, indent);
  return findings.flatMap(({ check, verdict, subject, found, follows, mend }) => {
    const head = `${paint(ink, verdict)(padTo(verdict, 9))}${padTo(check, name + 2)}`;
    return [
      head + hang(subject === '' ? found : `${subject}: ${found}`).slice(indent.length),
      ...(follows === '' ? [] : [ink.dim(hang(`so: ${follows}`))]),
      // A command is one line, to be copied.
      ...mend.map((command) => `${indent}do: ${ink.cyan(printable(command))}`),
    ];
  });
}

function paint(ink: Ink, verdict: FindingState): (text: string) => string {
  return { broken: ink.red, warning: ink.yellow, unknown: ink.dim, ok: ink.green }[verdict];
}

const beyondLines = (beyond: readonly string[], { ink, columns }: Sheet): readonly string[] =>
  beyond.map((one) => ink.dim(wrap(`out of reach from here: ${one}`, Math.min(columns, 160))));

function sumOf(findings: readonly Finding[]): string {
  const of = (verdict: FindingState): number => findings.filter((one) => one.verdict === verdict).length;
  const checks = new Set(findings.map(({ check }) => check)).size;
  return `${count(checks, 'check')}: ${of('broken')} broken, ${count(of('warning'), 'warning')}, ${of('unknown')} unknown, ${of('ok')} ok`;
}
