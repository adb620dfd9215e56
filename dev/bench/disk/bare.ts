/** The directory as it is. */
import type { Place } from './place.js';

export const bare = async (directory: string): Promise<Place> => ({
  subject: 'bare',
  label: 'bare directory',
  directory,
  processes: {},
  close: async () => undefined,
});
