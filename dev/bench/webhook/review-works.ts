/**
 * How many reviews are answered a second, and how long one takes. A loop that is closed tells the one or the other:
 * with many connections the core is busy throughout and a review mostly waits for those before it, so the time that
 * counts is taken with two, as from an API server that creates a pod while it creates another, and of large pods, which
 * are rare, with one.
 */
import type { Figure } from '../work.js';
import { load } from './load.js';
import type { Size } from './size.js';
import type { Subject } from './subject.js';
import type { Work, WorkContext } from './work.js';

const many = 64;

interface Sort {
  readonly name: string;
  readonly title: string;
  readonly path: '/inject' | '/validate-faults';
  readonly pod: 'usual' | 'large';
  readonly count: (size: Size) => number;
  /** Of reviews a second, where one is set. */
  readonly atLeast?: number;
  /** Connections, when time counts. */
  readonly few: number;
  /** Of the 99th percentile then. */
  readonly boundMs: number;
}

const sorts: readonly Sort[] = [
  {
    name: 'inject',
    title: 'inject, 12 KiB',
    path: '/inject',
    pod: 'usual',
    count: ({ reviews }) => reviews,
    atLeast: 3000,
    few: 2,
    boundMs: 5,
  },
  {
    name: 'inject-large',
    title: 'inject, 300 KiB',
    path: '/inject',
    pod: 'large',
    count: ({ largeReviews }) => largeReviews,
    few: 1,
    boundMs: 10,
  },
  {
    name: 'faults',
    title: 'validate, 2 x 12 KiB',
    path: '/validate-faults',
    pod: 'usual',
    count: ({ reviews }) => reviews,
    few: 2,
    boundMs: 5,
  },
];

export const reviewWorks: readonly Work[] = sorts.flatMap((sort) => [saturated(sort), unhurried(sort)]);

function saturated({ name, title, atLeast, ...sort }: Sort): Work {
  const times = `${title}, ${many} connections`;
  return {
    name,
    title: times,
    unit: 'reviews/s',
    better: 'more',
    goals: atLeast === undefined ? [] : [{ kind: 'above', of: ['ours'], bound: atLeast }],
    also: [
      time(`${name}-queued-p50`, `${times}: p50`),
      time(`${name}-queued-p99`, `${times}: p99`),
      time(`${name}-processor`, `${title}, processor time of a review`),
    ],
    ...whom(sort),
    measure: async (context) => {
      const { perSecond, p50Ms, p99Ms, processorMs } = await measure(sort, many, context);
      return [perSecond, p50Ms, p99Ms, processorMs];
    },
  };
}

function unhurried({ name, title, few, boundMs, ...sort }: Sort): Work {
  const times = `${title}, ${few} ${few === 1 ? 'connection' : 'connections'}`;
  return {
    ...time(`${name}-p99`, `${times}: p99`),
    goals: [{ kind: 'below', of: ['ours'], bound: boundMs }],
    also: [time(`${name}-p50`, `${times}: p50`)],
    ...whom(sort),
    measure: async (context) => {
      const { p50Ms, p99Ms } = await measure(sort, few, context);
      return [p99Ms, p50Ms];
    },
  };
}

function time(name: string, title: string): Figure<Subject> {
  return { name, title, unit: 'ms', better: 'less', goals: [] };
}

/** How patches are made does not matter where none is made. */
function whom({ path }: Pick<Sort, 'path'>): Pick<Work, 'subjects'> {
  return path === '/inject' ? {} : { subjects: ['ours'] };
}

/** The processor's time is that of the server, whatever else the machine does. */
async function measure(
  { path, pod, count }: Pick<Sort, 'path' | 'pod' | 'count'>,
  connections: number,
  { place, size, signal }: WorkContext,
) {
  const { server } = place;
  const [reviews, warmUp] = [count(size), count(size) / 5];
  const before = server.processorMs();
  const times = await load(place, server, { path, pod, connections, reviews, warmUp, signal });
  return { ...times, processorMs: (server.processorMs() - before) / (reviews + warmUp) };
}
