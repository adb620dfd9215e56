/** Changes to a text by offset: what no edit touches stays as it is, byte for byte. */
export interface Edit {
  readonly start: number;
  /** `start` where something is inserted. */
  readonly end: number;
  readonly text: string;
}

/** What had no end to its last line has none still, though the last line be another. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const edited = splice(text, edits);
  return edits.length === 0 || text.endsWith('\n') ? edited : edited.replace(/\r?\n$/, '');
}

/** Edits do not overlap. */
export function splice(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let done = 0;
  for (const edit of inOrder(edits)) {
    if (edit.start < done) throw new RangeError('edits overlap');
    pieces.push(text.slice(done, edit.start), edit.text);
    done = edit.end;
  }
  return [...pieces, text.slice(done)].join('');
}

/** Those that insert at the same place come as they were given, before what replaces from there. */
export function inOrder(edits: readonly Edit[]): readonly Edit[] {
  const isInsertion = ({ start, end }: Edit): boolean => start === end;
  return edits.toSorted(
    (one, other) => one.start - other.start || Number(isInsertion(other)) - Number(isInsertion(one)),
  );
}
