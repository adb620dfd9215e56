/**
 * The bounds of the webhook's process that depend on each other, and on what asks it.
 *
 *     a review   namespace looked up  <  body received  <  the API server's patience  <  our own on the connection
 *     the end    notice + reviews in flight + a call to the API server + the lease handed back  <  the kubelet's grace
 *
 * What else it does at its end loses nothing where the kubelet cuts it off: another replica does it again.
 */
import { kubeLimits, leaseLimits } from '../kube/limits.js';

/** How long the API server waits for a review: `webhook.timeoutSeconds` of the chart. */
const apiServerMs = 3000;
/** The API server closes a connection that was idle for so long (`http.DefaultTransport`). */
const apiServerIdleMs = 90_000;
/** Asked to end, the webhook serves on, while endpoints and kube-proxies come to know. */
const noticeMs = 5000;
/** Reviews that are being answered then get this long: no API server waits longer. */
const inFlightMs = apiServerMs + 2000;

export const webhookTimeouts = {
  apiServerMs,
  /** For the labels of a namespace that are not known yet; the rest is for everything else. */
  lookUpMs: apiServerMs / 3,
  /** From the headers to the end of the body. The API server hears why before it gives up. */
  bodyMs: apiServerMs - 500,
  /** A whole request. */
  requestMs: apiServerMs + 7000,
  /**
   * Of a connection without a request. The API server must be the first to close it: a POST that meets a closing
   * connection is not sent again, and the pod gets no sidecar.
   */
  keepAliveMs: apiServerIdleMs + 30_000,
  noticeMs,
  inFlightMs,
  /** From the signal until nothing can be lost any more: `terminationGracePeriodSeconds` of the chart is longer. */
  endMs: noticeMs + inFlightMs + kubeLimits.callMs + leaseLimits.releaseMs,
} as const;
