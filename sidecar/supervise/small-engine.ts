/** How Node is started where a process does little, lives long and must stay small. */

export const smallEngineFlags: readonly string[] = [
  '--max-old-space-size=16',
  '--max-semi-space-size=1',
  '--single-threaded-gc',
  '--v8-pool-size=0',
];

export const smallEngineEnv = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  UV_THREADPOOL_SIZE: '1',
});
