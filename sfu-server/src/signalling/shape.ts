/** What no payload may be, whatever the request: too deep, or a trick on prototypes. */
const MAX_DEPTH = 8;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Why the payload is refused; null when there is nothing against it. */
export const faultOf = (value: unknown, path = 'payload', depth = 1): string | null => {
  if (typeof value !== 'object' || value === null) return null;
  if (depth > MAX_DEPTH) return `${path}: deeper than ${MAX_DEPTH} levels`;
  for (const [key, inner] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) return `${path}: has a forbidden key`;
    const fault = faultOf(inner, `${path}.${key.slice(0, 64)}`, depth + 1);
    if (fault !== null) return fault;
  }
  return null;
};
