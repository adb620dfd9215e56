/** How every client of ours speaks to Redis: by one connection that nobody makes again behind our back. */
export const redisClient = {
  RESP: 2,
  disableOfflineQueue: true,
  disableClientInfo: true,
  maintNotifications: 'disabled',
} as const;
