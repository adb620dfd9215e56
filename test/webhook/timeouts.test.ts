import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubeLimits, leaseLimits } from '../../kube/limits.js';
import { webhookTimeouts } from '../../webhook/timeouts.js';

test('a review: what it waits for ends before the API server gives up, and the connection after that', () => {
  const { lookUpMs, bodyMs, apiServerMs, requestMs, inFlightMs } = webhookTimeouts;
  assert.ok(lookUpMs < bodyMs && bodyMs < apiServerMs);
  assert.ok(apiServerMs < requestMs);
  assert.ok(apiServerMs < inFlightMs);
});

test('a lease: who leads gives up before anybody else may take over, and asks several times until then', () => {
  assert.ok(leaseLimits.renewDeadlineMs < leaseLimits.durationMs);
  assert.ok(3 * leaseLimits.retryMs < leaseLimits.renewDeadlineMs);
  assert.ok(kubeLimits.callMs <= leaseLimits.renewDeadlineMs);
});
