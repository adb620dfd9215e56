/**
 * The bounds of what supervises: fault proxy and holder as child processes, in a pod and without Kubernetes.
 *
 *     a fault proxy's own  <  the supervisor's  <  the kubelet's, in a pod
 *                                               <  that of whoever started `havock8s local`
 */
import { podTimeouts } from '../../core/pod-timeouts.js';
import { proxyTimeouts } from '../proxy/timeouts.js';

/** A fault proxy that drains says when it is done. */
const drainMs = proxyTimeouts.diskDrainMs + 500;
/** One whose volumes are unmounted has only to end. */
const stopMs = 4000;
/** The holder unmounts and ends. */
const stopHolderMs = 5000;
/**
 * The first command takes our table away, and with it everything that takes connections; routes that are left serve
 * nobody, and are not waited for much longer.
 */
const closeNetworkMs = proxyTimeouts.netfilterCommandMs + 1000;
/** Everything of a sidecar without Kubernetes, one after the other. */
const closeLocalMs = drainMs + stopHolderMs + stopMs + closeNetworkMs;

export const supervisorTimeouts = {
  drainMs,
  stopMs,
  stopHolderMs,
  closeNetworkMs,
  closeLocalMs,
  /** For whoever started the supervisor: longer than everything that it may wait for. */
  stopSupervisorMs: closeLocalMs + 1500,

  /** Somebody waits at a terminal, and nothing is loaded by hundreds at once. */
  startLocalMs: 15_000,
  startHolderMs: 15_000,
  /**
   * Somewhat less than the kubelet grants, so that the log says what was waited for. Whoever gives up sooner only has
   * a node that starts many pods at once load everything again.
   */
  startInPodMs: podTimeouts.startupMs - 10_000,
  /** Without a fault proxy that serves for so long, connections go direct. */
  downMs: 2000,
} as const;

/** How long a fault proxy may be silent, and how often that is looked at. */
export const silenceTimeouts = {
  lookMs: 500,
  /** Of one that serves or stands by, and of one that is stopped: several signs of life are missing by then. */
  idleMs: 5 * proxyTimeouts.tcpTurnMs,
  /** Of one that starts or takes over: it may wait for the holder's answer, or go through a million inodes. */
  startingMs: proxyTimeouts.holderAnswerMs + 10_000,
  /** Before its first sign: what the kubelet grants to load it. */
  loadingMs: podTimeouts.startupMs,
} as const;
