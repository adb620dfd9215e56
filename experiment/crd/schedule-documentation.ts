/** What each field of a schedule is for, as `kubectl explain` shows it. Those of its experiment are told where it is. */
import { documentation } from './documentation.js';

export const scheduleTexts: Readonly<Record<string, string>> = {
  spec: 'When runs are started, and of which experiment. May be changed at any time: runs that go on stay as they are.',
  'spec.schedule':
    'In the five fields of cron (minute, hour, day of the month, month, day of the week), such as `0 3 * * Sun`, or one of @hourly, @daily, @weekly, @monthly and @yearly.',
  'spec.timeZone':
    'Whose clocks are meant, such as Europe/Berlin. A time that is skipped when clocks are set forward does not come. One that comes twice when they are set back starts one run, unless the hour is `*`.',
  'spec.excludedDates':
    'Days of the time zone on which nothing is started: 2026-12-24, 12-25 for every year, or 2026-12-20/2027-01-06, with both ends.',
  'spec.allowedWindows': 'When runs may be started, be they late or not. Empty: at any time.',
  'spec.concurrencyPolicy':
    'What is done where a run is due and another one goes on. Forbid waits for its end. Replace stops it, and waits for its end. Allow starts the new one beside it.',
  'spec.startingDeadline':
    'A run that could not be started for so long after its time is left out, such as 10m. Without it, the latest one is started however late it is.',
  'spec.successfulRunsHistoryLimit': 'How many runs that passed are kept.',
  'spec.failedRunsHistoryLimit': 'How many runs with any other verdict are kept.',
  'spec.paused': 'Nothing is started while this is true. A run that goes on is not stopped.',
  'spec.template': 'The experiment that is run.',
  'spec.template.metadata': 'What its runs carry beside their names.',
  'spec.template.metadata.labels': 'Labels of each run.',
  'spec.template.metadata.annotations': 'Annotations of each run.',
  'spec.template.spec': 'What is tried, as in an Experiment.',
};

export const scheduleDocumentation = (path: readonly string[]): string | undefined =>
  scheduleTexts[path.join('.')] ?? documentation(experimentPath(path));

/** Where an Experiment has the same field. */
export const experimentPath = (path: readonly string[]): readonly string[] =>
  path[1] === 'template' ? path.slice(2) : path;
