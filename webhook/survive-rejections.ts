/**
 * What rejects without anybody waiting for it is a bug of ours in one of many things that go on beside each other. It is
 * logged and counted, and ends none of the others: without a webhook no pod of the cluster would be injected.
 */
import type { Logger } from 'pino';

/** Returns the way to end that. */
export function surviveRejections(log: Logger, count: () => void): () => void {
  const survive = (err: unknown): void => {
    count();
    log.error({ code: 'webhook.bug', err }, 'a task of the webhook failed, and nobody waited for it');
  };
  process.on('unhandledRejection', survive);
  return () => process.off('unhandledRejection', survive);
}
