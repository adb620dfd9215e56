/**
 * The time of every file in an image, and of the image: seconds since 1970, the first day of 2024.
 *
 * Not the commit's: a layer that is reused from an earlier build bears the time of that build, so that a build with a
 * cache would differ from one without. When the commit was made says a label.
 */
export const filesEpoch = 1_704_067_200;
