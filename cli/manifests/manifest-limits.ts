/** Every bound on what is read as manifests. Beyond a bound is a problem, never a cut. */
export const manifestLimits = {
  /** Of one file: what a cluster would take as one object is below 3 MiB. */
  bytes: 5 * 2 ** 20,
  /** Of all files together: they are held in memory. */
  allBytes: 256 * 2 ** 20,
  files: 1000,
  /** YAML documents of one file. */
  documents: 10_000,
  /** Levels of one document; a definition of a custom resource has about 60. */
  depth: 256,
  /** Aliases of one file: each is looked up among all. */
  aliases: 1000,
  /** How often what is anchored may be told again by aliases: a few lines could else be gigabytes. */
  aliasesOfOne: 100,
  /** Text of one file that an injection keeps, to be put back: it goes into annotations. */
  sourceCharacters: 16 * 1024,
  /** Problems that are told of one file. */
  problems: 20,
} as const;
