/** Changes to a text by offset: what no edit touches stays as it is, byte for byte. */
export interface Edit {
  readonly start: number;
  /** `start` where something is inserted. */
  readonly end: number;
  readonly text: string;
}

/** Edits do not overlap. Those that insert at the same place come in the order they are given, before what replaces from there. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const isInsertion = ({ start, end }: Edit): boolean => start === end;
  const sorted = edits.toSorted(
    (one, other) => one.start - other.start || Number(isInsertion(other)) - Number(isInsertion(one)),
  );
  const pieces: string[] = [];
  let done = 0;
  for (const edit of sorted) {
    if (edit.start < done) throw new RangeError('edits overlap');
    pieces.push(text.slice(done, edit.start), edit.text);
    done = edit.end;
  }
  const edited = [...pieces, text.slice(done)].join('');
  // What had no end to its last line has none still, though the last line be another.
  return edits.length === 0 || text.endsWith('\n') ? edited : edited.replace(/\r?\n$/, '');
}
