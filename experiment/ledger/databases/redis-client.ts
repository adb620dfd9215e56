/** How every client of ours speaks to Redis: by one connection that nobody makes again behind our back. */
export const redisClient = {
  RESP: 2,
  disableOfflineQueue: true,
  disableClientInfo: true,
  maintNotifications: 'disabled',
} as const;

interface Ended {
  readonly isOpen: boolean;
  destroy(): void;
  on(event: 'connect', listener: () => void): unknown;
}

/**
 * Ends a client whatever it does; to be asked for before it connects. One that is just connecting is ended when it has: the
 * driver would forget its socket, and leave it open.
 */
export function cutterOf(client: Ended): () => void {
  let isConnected = false;
  let isCut = false;
  const end = (): void => {
    if (client.isOpen) client.destroy();
  };
  client.on('connect', () => {
    isConnected = true;
    if (isCut) end();
  });
  return () => {
    isCut = true;
    if (isConnected) end();
  };
}
