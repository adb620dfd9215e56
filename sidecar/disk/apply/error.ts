/** `disk error EIO`, and `readonly` as EROFS: the request is refused before anything is done. */
import { type ErrnoName, errnos } from '../../../faults/errno.js';

export const errnoOf = (name: ErrnoName): number => errnos[name].number;
