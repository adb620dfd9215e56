/**
 * The straight way of bytes that no fault is about: recv into the one buffer, and send from it. Nothing is allocated but
 * for what the sink does not take, which waits in the queue.
 */
import { EAGAIN, EINTR } from '../../linux/errno.js';
import { MSG_NOSIGNAL } from '../../linux/inet-socket.js';
import { errno, libc } from '../../linux/libc.js';
import type { Total } from '../tcp-counters.js';
import { restOf } from './chunk.js';
import type { FlowQueue } from './flow-queue.js';
import type { ProxyRuntime } from './proxy-runtime.js';
import type { ProxySocket } from './proxy-socket.js';
import { type NothingRead, whyNothing } from './read-chunk.js';
import type { TlsDetector } from './tls-detector.js';

export interface StraightOptions {
  readonly source: ProxySocket;
  readonly sink: ProxySocket;
  readonly owner: { readonly tls: TlsDetector };
  readonly runtime: ProxyRuntime;
  readonly total: Total;
}

/** Once. `all` that was read is sent; `later`: the socket says when. */
export function passStraight(options: StraightOptions, queue: FlowQueue): 'all' | NothingRead {
  const { source, sink, runtime } = options;
  const { buffers, counters } = runtime;
  const { tls } = options.owner;
  const size = buffers.readBytes;
  const read = libc.recv(source.fd, buffers.address, size, 0);
  if (read <= 0) return whyNothing(read, source);
  if (read < size && !source.hasEnded) source.isReadable = false;
  counters.add(options.total, read);
  if (!tls.isDecided) tls.inspect(buffers.view(0, read), source);
  const sent = libc.send(sink.fd, buffers.address, read, MSG_NOSIGNAL);
  if (sent === read) return 'all';
  const why = sent < 0 ? errno() : EAGAIN;
  if (why !== EAGAIN && why !== EINTR) return 'failed';
  const { bytes, buffer } = buffers.keep(Math.max(0, sent), read);
  queue.push(restOf(bytes, buffer));
  if (why === EINTR) return 'interrupted';
  sink.isWritable = false;
  return 'later';
}
