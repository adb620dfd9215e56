/** Ends a `switch` over a union: a member that is added later and forgotten there does not compile. */
export function assertNever(value: never): never {
  throw new TypeError(`unreachable: ${JSON.stringify(value)}`);
}
