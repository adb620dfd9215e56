/**
 * Whether what is written down is to be written again, after a change that is wanted; read the difference then:
 *
 *     UPDATE_GOLDEN=1 npm test -- test/webhook/golden && git diff
 *
 * It is for people: where CI is set, nothing is written.
 */
import { env } from 'node:process';

export const isAskedToUpdate = env['UPDATE_GOLDEN'] === '1';
export const isUpdating = isAskedToUpdate && !env['CI'];
