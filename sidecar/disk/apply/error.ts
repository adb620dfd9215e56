/** `disk error EIO`, and `readonly` as EROFS: the request is refused before anything is done. */
import { constants } from 'node:os';
import type { ErrnoName } from '../../../faults/errno.js';
import { EIO } from '../../linux/errno.js';

/** This machine's number for a name; EIO for one it does not have. */
export const errnoOf = (name: ErrnoName): number =>
  (constants.errno as Readonly<Record<string, number>>)[name] ?? EIO;
