/**
 * A journal as text, read back: each line held against the shape of its event. Whoever wrote it may have died in the
 * middle of a line, and may have been of a later version: the one is said, the other is counted.
 */
import * as z from 'zod';
import { jsonOf } from '../../core/json.js';
import { eventShapes } from './event-shapes.js';
import type { JournalEvent, RunEvent } from './events.js';

export interface Journal {
  readonly events: readonly JournalEvent[];
  /** Does it end in the middle of a line? That line is left out. */
  readonly isCut: boolean;
  /** Lines of a type that nobody knows here. */
  readonly unknown: number;
}

export type JournalReading =
  | { readonly kind: 'journal'; readonly journal: Journal }
  | { readonly kind: 'problem'; readonly line: number; readonly message: string };

export function readJournal(text: string): JournalReading {
  const lines = text.split('\n');
  const events: JournalEvent[] = [];
  let unknown = 0;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const reading = readLine(line);
    if (reading.kind === 'event') {
      if (events.length === 0 && reading.event.type !== 'run-began')
        return problem(index, `is ${reading.event.type}; expected run-began, as every journal begins`);
      events.push(reading.event);
    } else if (reading.kind === 'unknown') {
      unknown += 1;
    } else if (reading.kind === 'no-json' && index === lines.length - 1 && events.length > 0) {
      return { kind: 'journal', journal: { events, isCut: true, unknown } };
    } else {
      return problem(index, reading.message);
    }
  }
  if (events.length === 0) return problem(0, 'is empty; expected run-began, as every journal begins');
  return { kind: 'journal', journal: { events, isCut: false, unknown } };
}

const problem = (index: number, message: string): JournalReading => ({
  kind: 'problem',
  line: index + 1,
  message,
});

type LineReading =
  | { readonly kind: 'event'; readonly event: JournalEvent }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'no-json'; readonly message: string }
  | { readonly kind: 'wrong'; readonly message: string };

const envelope = z.object({ atMs: z.number().min(0).max(Number.MAX_SAFE_INTEGER), type: z.string() });

function readLine(line: string): LineReading {
  const value = jsonOf(line);
  if (value === undefined) return { kind: 'no-json', message: 'is not JSON; expected one event of a run' };
  const outside = envelope.safeParse(value);
  if (!outside.success) return { kind: 'wrong', message: flawOf(outside.error) };
  const { atMs, type } = outside.data;
  if (!isKnown(type)) return { kind: 'unknown' };
  const inside = eventShapes[type].safeParse(value);
  if (!inside.success) return { kind: 'wrong', message: `${type}: ${flawOf(inside.error)}` };
  return { kind: 'event', event: { atMs, type, ...inside.data } as JournalEvent };
}

const isKnown = (type: string): type is RunEvent['type'] => Object.hasOwn(eventShapes, type);

/** The first one: a journal is written by a program, and what is wrong with one line is wrong with all. */
function flawOf({ issues: [issue] }: z.ZodError): string {
  const place = issue?.path.join('.') ?? '';
  return `${place === '' ? 'the line' : place}: ${issue?.message ?? 'wrong'}; expected an event of a run`;
}
