/** What clocks on the wall of a time zone show, and when: they are set forward and back, by an hour or by half of one. */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Between two changes of a zone lie weeks. */
const betweenChangesMs = 7 * dayMs;
/** No zone sets its clocks back by more. */
const mostRepeatedMs = 3 * hourMs;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What is added to UTC. */
export function offsetMs(timeZone: string, atMs: number): number {
  const known = formats.get(timeZone);
  const format = known ?? new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  if (known === undefined) formats.set(timeZone, format);
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(atMs)) ?? [];
  const ms = Number(hours ?? 0) * hourMs + Number(minutes ?? 0) * minuteMs;
  return sign === '-' ? -ms : ms;
}

/** As `2027-03-28`. */
export const localDate = (timeZone: string, atMs: number): string =>
  new Date(atMs + offsetMs(timeZone, atMs)).toISOString().slice(0, 10);

/** When the day of the zone ends, or a little earlier where clocks change at midnight; always after `atMs`. */
export function dayEndMs(timeZone: string, atMs: number): number {
  const offset = offsetMs(timeZone, atMs);
  const endMs = atMs + dayMs - ((((atMs + offset) % dayMs) + dayMs) % dayMs);
  const changedMs = endMs - (offsetMs(timeZone, endMs) - offset);
  return changedMs > atMs ? changedMs : endMs;
}

/** Whether clocks show this for the second time, for they were set back. */
export function isRepeated(timeZone: string, atMs: number): boolean {
  const offset = offsetMs(timeZone, atMs);
  const earlier = offsetMs(timeZone, atMs - mostRepeatedMs);
  return earlier > offset && offsetMs(timeZone, atMs - (earlier - offset)) === earlier;
}

/**
 * When clocks next show a time that `next` gives, after `afterMs`; null where it gives none. Times that are skipped, as
 * clocks are set forward, do not come; those that come twice come twice.
 */
export function nextShownMs(
  timeZone: string,
  afterMs: number,
  next: (wallMs: number) => number | null,
): number | null {
  for (let fromMs = afterMs + 1; ; ) {
    const offset = offsetMs(timeZone, fromMs);
    const wallMs = next(fromMs + offset - 1);
    if (wallMs === null) return null;
    const atMs = wallMs - offset;
    const changeMs = firstChangeMs(timeZone, fromMs, atMs);
    if (changeMs === null) return atMs;
    fromMs = changeMs;
  }
}

/** When clocks are set for the first time after `fromMs`, until `toMs`. Zones do so at a full minute. */
function firstChangeMs(timeZone: string, fromMs: number, toMs: number): number | null {
  const offset = offsetMs(timeZone, fromMs);
  for (let startMs = fromMs; startMs < toMs; startMs += betweenChangesMs) {
    const endMs = Math.min(startMs + betweenChangesMs, toMs);
    if (offsetMs(timeZone, endMs) === offset) continue;
    let [before, after] = [Math.floor(startMs / minuteMs), Math.ceil(endMs / minuteMs)];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offsetMs(timeZone, middle * minuteMs) === offset) before = middle;
      else after = middle;
    }
    return after * minuteMs;
  }
  return null;
}
