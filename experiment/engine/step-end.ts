/** The records with which a step ends. */
import type { RunEvent } from '../journal/events.js';
import { type Decision, record } from './moves.js';

export const ended = (step: string, outcome: 'done' | 'failed', message: string): RunEvent => ({
  type: 'step-ended',
  step,
  outcome,
  message,
});

export const done = (step: string, message: string): Decision => record(ended(step, 'done', message));
export const failed = (step: string, message: string): Decision => record(ended(step, 'failed', message));
