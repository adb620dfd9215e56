/** A process that plays a schedule: what it maps and waits for must not hold up who arms faults meanwhile. */
import { type Play, play } from './play.js';

process.once('message', ({ path, schedule, playing }: Play) => {
  void play(path, schedule, playing).then((played) => {
    process.send?.(played);
    process.disconnect();
  });
});
