/** Error numbers and their names, as this machine has them. */
import { constants } from 'node:os';

const codes = constants.errno;
const names = new Map<number, string>(Object.entries(codes).map(([name, number]) => [number, name]));

export const { EPERM, ENOENT, EINTR, EIO, ENXIO, EBADF, EAGAIN, ENOMEM, EACCES, EBUSY, EEXIST, EXDEV } =
  codes;
export const { ENODEV, ENOTDIR, EISDIR, EINVAL, ENFILE, EMFILE, ENOTTY, EFBIG, ENOSPC, ESPIPE, EROFS } =
  codes;
export const {
  EDQUOT,
  ERANGE,
  ENOSYS,
  ENODATA,
  EOPNOTSUPP,
  ESTALE,
  ENAMETOOLONG,
  ELOOP,
  ENOTCONN,
  ECONNABORTED,
  EADDRINUSE,
  ECONNREFUSED,
  EINPROGRESS,
  EADDRNOTAVAIL,
} = codes;

/** `EIO` for 5; a number without a name stands as itself. */
export const errnoName = (number: number): string => names.get(number) ?? `errno ${number}`;
