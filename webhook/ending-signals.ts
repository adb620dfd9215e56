/** The signals that ask the webhook to end. */
import type { Logger } from 'pino';
import { takesSignals } from '../core/first-process.js';
import type { WebhookServer } from './server/webhook-server.js';

/** The first drains, the second ends at once. */
export function endingSignals(server: WebhookServer, log: Logger) {
  let asked = 0;
  let resolve = (): void => {};
  let reject = (_error: unknown): void => {};
  const ended = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  const ask = (signal: NodeJS.Signals): void => {
    asked += 1;
    log.info({ code: 'webhook.ending', signal }, asked === 1 ? 'drains' : 'ends at once');
    (asked === 1 ? server.drain() : server.close()).then(resolve, reject);
  };
  const names = ['SIGTERM', 'SIGINT'] as const;
  for (const name of names) process.on(name, ask);
  takesSignals();
  return {
    ended,
    ignore: () => {
      for (const name of names) process.off(name, ask);
    },
  };
}
