/**
 * `disk readonly`: which operations it is about. They are refused as by `disk error EROFS`; what only reads goes on.
 */
import type { DiskVerb } from '../../../faults/operation.js';
import { verbsThat } from '../../../faults/verb-traits.js';
import { O_ACCMODE, O_CREAT, O_RDONLY, O_TRUNC } from '../../linux/constants.js';
import type { Exchange } from '../wire/exchange.js';

/** Would it change the file system? An `open` that asks to write would. */
export const modifies = (request: Exchange, verb: DiskVerb): boolean =>
  modifying.has(verb) || (verb === 'open' && opensToWrite(request.u32(0)));

const modifying: ReadonlySet<DiskVerb> = new Set(verbsThat('modifies'));

const opensToWrite = (flags: number): boolean =>
  (flags & O_ACCMODE) !== O_RDONLY || (flags & (O_TRUNC | O_CREAT)) !== 0;
