/** What a control endpoint answers, checked once where it comes in. More fields than are known are kept. */
import type { z } from 'zod';
import { HavocError } from '../../core/havoc-error.js';
import type { Shape, ShapeName } from '../../sidecar/control/api.js';

export type ShownFault = Shape<'Fault'>;
export type ShownFaultList = Shape<'FaultList'>;
export type ShownEvent = Shape<'FaultEvent'>;
export type ShownStatus = Shape<'Status'>;
export type ShownTcp = Shape<'TcpStatus'>;
export type ShownMount = Shape<'Mount'>;

/** The value itself, as what it is. Rejects with `control.bad-answer`, naming the place; `at` is what the whole is called. */
export async function answerOf<Name extends ShapeName>(
  name: Name,
  value: unknown,
  at: string,
): Promise<Shape<Name>> {
  const { shapes } = await import('../../sidecar/control/api.js');
  const { error } = shapes[name].safeParse(value);
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return value as Shape<Name>;
  throw new HavocError(
    'control.bad-answer',
    `the control endpoint's answer is not understood: ${at}${placeOf(issue)}: ${issue.message}`,
  );
}

const placeOf = ({ path }: z.core.$ZodIssue): string =>
  path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
