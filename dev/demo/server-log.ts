/** What PostgreSQL's log says that matters to the story: each grave thing once, however often it tries again. */
export interface ServerLog {
  readonly recoveries: number;
  note(line: string): void;
}

const crashed = 'automatic recovery in progress';
const grave = /(PANIC|FATAL): {2}(.*)/;
/** Said of every connection that comes while it is not ready, and of every one that a crash takes along. */
const ordinary =
  /the database system is|terminating connection|connection to client lost|not yet accepting connections/;
/** Said by a replica of the connection that it recreates. */
const unconnected =
  /could not (connect to the primary|receive data from WAL|send data to WAL)|is active for PID/;

export function openServerLog(onGrave: (message: string) => void): ServerLog {
  let recoveries = 0;
  let told = '';
  return {
    get recoveries() {
      return recoveries;
    },
    note: (line) => {
      if (line.includes(crashed)) recoveries += 1;
      const [, severity, message] = grave.exec(line) ?? [];
      if (message === undefined || message === told) return;
      if (ordinary.test(line) || unconnected.test(line)) return;
      told = message;
      onGrave(`${severity}: ${message}`);
    },
  };
}
