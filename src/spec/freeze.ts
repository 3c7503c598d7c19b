/** The value itself, it and everything in it unchangeable from now on. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const child of Object.values(value)) freeze<unknown>(child);
  return Object.freeze(value);
}
