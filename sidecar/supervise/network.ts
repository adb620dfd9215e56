/** What of the TCP proxy outlives a fault proxy: its sockets, and the way back to a network without us. */
import { systemClock } from '../../core/clock.js';
import { within } from '../../core/sleep.js';
import { letPass, rollBack } from '../tcp/netfilter/routes.js';
import { openSockets, type TcpRequest, type TcpSockets } from '../tcp/sockets.js';
import { logLine } from './log-line.js';
import { supervisorTimeouts } from './timeouts.js';

export interface Network {
  /** Null where there is nothing to carry. */
  readonly sockets: TcpSockets | null;
  /** Connections go direct from then on. Never rejects. */
  failOpen(): Promise<void>;
  close(): Promise<void>;
}

export async function openNetwork(
  { forwards, interception }: TcpRequest,
  onLog: (line: string) => void,
): Promise<Network> {
  const isIntercepting = interception !== null;
  // Left over from one that was killed; and to see at once whether we may.
  if (isIntercepting) await rollBack();
  const sockets = forwards.length > 0 || isIntercepting ? openSockets({ forwards, interception }) : null;
  const failOpen = async (): Promise<void> => {
    if (isIntercepting) await letPass().catch((error: unknown) => onLog(complaint(error)));
  };
  const close = async (): Promise<void> => {
    sockets?.close();
    if (isIntercepting) await within(supervisorTimeouts.closeNetworkMs, rollBack(), systemClock);
  };
  return { sockets, failOpen, close };
}

const complaint = (error: unknown): string =>
  logLine('error', 'tcp.fail-open', error instanceof Error ? error.message : String(error));
