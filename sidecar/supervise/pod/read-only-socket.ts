/**
 * The listening socket of the read-only port. It is the supervisor's, and each fault proxy inherits it: while one is dead,
 * who asks waits for the next and is not refused.
 */
import { messageOf } from '../../../core/havoc-error.js';
import { listenOn } from '../../linux/inet-socket.js';
import { hasIpv6 } from '../../tcp/netfilter/routes.js';
import { logLine } from '../log-line.js';

/** Null where there is to be none, and where it is not to be had: a pod runs without it. */
export function openReadOnlySocket(port: number | null, onLog: (line: string) => void): number | null {
  if (port === null) return null;
  const bytes = new Array<number>(hasIpv6() ? 16 : 4).fill(0);
  try {
    return listenOn({ bytes, port, scope: 0 }, { endsInOrder: true });
  } catch (error) {
    onLog(logLine('warn', 'read-only.off', `there is no read-only port: ${messageOf(error)}`));
    return null;
  }
}
