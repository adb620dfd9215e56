/** A connection is made, and closed at once. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { TcpSubject } from '../file/probe-kinds.js';
import { type Answer, type Asking, connectionFailed, silent } from './answer.js';

export async function askTcp({ address }: TcpSubject, asking: Asking): Promise<Answer> {
  const socket = connect(address);
  try {
    await once(socket, 'connect', { signal: asking.signal });
    return { kind: 'values', values: {}, seen: 'connected' };
  } catch (error) {
    return asking.signal.aborted ? silent(asking) : connectionFailed(error);
  } finally {
    socket.destroy();
  }
}
