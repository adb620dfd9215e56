/** Every work, in the order it is done. */
import { memoryWork } from './memory-work.js';
import { reviewWorks } from './review-works.js';
import type { Work } from './work.js';

export const works: readonly Work[] = [...reviewWorks, memoryWork];
