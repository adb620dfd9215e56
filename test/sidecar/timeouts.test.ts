/** Whoever waits for somebody who waits must wait longer: the chains, from the inside out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientLimits } from '../../cli/client/client-limits.js';
import { closeMs } from '../../cli/commands/local/timeouts.js';
import { podTimeouts, startupProbe } from '../../core/pod-timeouts.js';
import { controlLimits } from '../../sidecar/control/control-limits.js';
import { holderTimeouts } from '../../sidecar/mount/timeouts.js';
import { proxyTimeouts } from '../../sidecar/proxy/timeouts.js';
import { silenceTimeouts, supervisorTimeouts } from '../../sidecar/supervise/timeouts.js';

test('arming: a command waits longer than the registry, and that longer than the TCP proxy', () => {
  const { firstLookUpMs, tcpTakesMs, applyMs, keptMs } = proxyTimeouts;
  assert.ok(firstLookUpMs + tcpTakesMs < applyMs);
  assert.ok(applyMs + keptMs < clientLimits.answerMs);
});

test('following events: a listener, and the endpoint itself, miss more than one heartbeat before they give up', () => {
  assert.ok(2 * controlLimits.heartbeatMs < clientLimits.silenceMs);
  assert.ok(2 * controlLimits.heartbeatMs < controlLimits.idleMs);
});

test('ending: each waits longer than all that those within it may take, one after the other', () => {
  const { drainMs, stopMs, stopHolderMs, closeNetworkMs, closeLocalMs, stopSupervisorMs } =
    supervisorTimeouts;
  assert.ok(proxyTimeouts.diskDrainMs < drainMs);
  assert.ok(proxyTimeouts.farewellMs < stopMs);
  assert.ok(proxyTimeouts.netfilterCommandMs < closeNetworkMs);
  assert.ok(drainMs + stopHolderMs + stopMs + closeNetworkMs <= closeLocalMs);
  assert.ok(closeLocalMs < stopSupervisorMs);
  assert.ok(stopSupervisorMs < closeMs);
});

test('hanging: several signs of life are missing before a fault proxy is killed, and more while it starts', () => {
  const { lookMs, idleMs, startingMs, loadingMs } = silenceTimeouts;
  const signMs = Math.max(proxyTimeouts.beatMs, proxyTimeouts.tcpTurnMs);
  assert.ok(3 * signMs + lookMs < idleMs);
  assert.ok(proxyTimeouts.holderAnswerMs < startingMs);
  assert.ok(idleMs < startingMs && startingMs < loadingMs);
});

test('starting in a pod: the log says what was waited for before the kubelet kills the container', () => {
  assert.equal(podTimeouts.startupMs, startupProbe.failureThreshold * startupProbe.periodSeconds * 1000);
  assert.ok(supervisorTimeouts.startInPodMs < podTimeouts.startupMs);
  assert.ok(
    proxyTimeouts.holderListensMs + proxyTimeouts.holderAnswerMs + proxyTimeouts.tcpStartMs <
      supervisorTimeouts.startInPodMs,
  );
});

test('ending a pod: the holder has its answer and time to unmount, however short the grace', () => {
  assert.ok(holderTimeouts.proxyAnswerMs < podTimeouts.leastGraceMs);
  assert.ok(podTimeouts.leastGraceMs < holderTimeouts.forgetMs);
});
