/** Why a glob is not valid. Unwinds the recursive descent through it, and never leaves `parseGlob`. */
export class GlobFlaw extends Error {
  constructor(
    message: string,
    readonly wayOut: { readonly nearest?: string } = {},
  ) {
    super(message);
  }
}

/** `path` with `part` cut out, where something is left. */
export function cut(path: string, part: RegExp): { readonly nearest?: string } {
  const rest = path.replace(part, '');
  return rest === '' ? {} : { nearest: rest };
}
