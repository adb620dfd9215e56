/** What a call on a file told the program: a count, or an error by its name. */
import { errnoName } from '../../../conformance/observe.js';

const EDQUOT = 122;

/** Node has no name for EDQUOT. */
export function answerOf(act: () => number): number | string {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Error && 'errno' in error)) throw error;
    return Math.abs(Number(error.errno)) === EDQUOT ? 'EDQUOT' : errnoName(error);
  }
}
