/** proc_pid_stat(5), without the pid and the name. */

/** From the state on: ppid is the second, the start in ticks the twentieth. The name, in brackets, may hold anything. */
export const statFields = (stat: string): readonly string[] =>
  stat.slice(stat.lastIndexOf(')') + 2).split(' ');
