/** Every quarter of an hour as clocks on the wall show it, from Intl alone: what schedules are held against. */

export interface Shown {
  readonly atMs: number;
  /** As `2027-03-28 02:30`. */
  readonly text: string;
  readonly date: string;
  readonly hour: number;
  readonly minute: number;
  readonly day: number;
  /** 0: Sunday. */
  readonly weekday: number;
}

/** Zones set their clocks at a full or a half hour. */
const quarterMs = 15 * 60_000;

/** `from` and `to` as dates of UTC. */
export function wallYear(timeZone: string, from: string, to: string): readonly Shown[] {
  const format = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  });
  const shown: Shown[] = [];
  for (let atMs = Date.parse(from); atMs < Date.parse(to); atMs += quarterMs)
    shown.push(shownOf(atMs, new Date(`${format.format(atMs).replace(' ', 'T')}:00Z`)));
  return shown;
}

function shownOf(atMs: number, wall: Date): Shown {
  const text = wall.toISOString().slice(0, 16).replace('T', ' ');
  return {
    ...{ atMs, text, date: text.slice(0, 10), hour: wall.getUTCHours(), minute: wall.getUTCMinutes() },
    ...{ day: wall.getUTCDate(), weekday: wall.getUTCDay() },
  };
}
