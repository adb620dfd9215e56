/** A connection is made, and closed at once. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { TcpSubject } from '../file/probe-kinds.js';
import type { Ask } from './answer.js';

export const askTcp: Ask<TcpSubject> = async ({ address }, { signal }) => {
  const socket = connect(address);
  try {
    await once(socket, 'connect', { signal });
    return { kind: 'values', values: {}, seen: 'connected' };
  } finally {
    socket.destroy();
  }
};
