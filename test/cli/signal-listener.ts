/** A command that says which signals it gets, how often, and ends by SIGTERM alone, with exit code 3. */
export const signalListener = `
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGTERM']) {
    let count = 0;
    process.on(signal, () => {
      console.log('got ' + signal + ' ' + ++count);
      if (signal === 'SIGTERM') setImmediate(() => process.exit(3));
    });
  }
  setInterval(() => {}, 1000);
  console.log('listening as ' + process.pid);
`;
