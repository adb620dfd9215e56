/** A program on a terminal of its own: what is written to the stdin of these words is typed there. */
export function onTerminal(words: readonly string[]): readonly string[] {
  const command = `exec ${words.map(quoted).join(' ')}`;
  return ['script', '--quiet', '--return', '--flush', '--command', command, '/dev/null'];
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
