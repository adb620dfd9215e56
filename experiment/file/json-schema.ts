/** What editors complete and check: the schema of the file as it is written, before texts are read into what they mean. */
import * as z from 'zod';
import { experimentSchema } from './experiment.js';

export const experimentJsonSchema = (): object => ({
  ...z.toJSONSchema(experimentSchema, { io: 'input', target: 'draft-7' }),
  title: 'An experiment of havock8s',
});
