import { compareRandomly } from './compare-randomly.js';

compareRandomly(400);
