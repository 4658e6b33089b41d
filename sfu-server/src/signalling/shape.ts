/** What no payload may be, whatever the request: too deep, or a trick on prototypes. */
const MAX_DEPTH = 8;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

interface Fault {
  readonly what: string;
  /** Keys that lead there, the outermost first. */
  readonly path: readonly string[];
}

/** Why the payload is refused; null when there is nothing against it. */
export const faultOf = (payload: unknown): string | null => {
  const fault = faultIn(payload, 1);
  return fault && `${['payload', ...fault.path].join('.')}: ${fault.what}`;
};

/** Nothing is made for what has no fault: a payload of thousands of keys must not cost much. */
const faultIn = (value: unknown, depth: number): Fault | null => {
  if (!isRecord(value)) return null;
  if (depth > MAX_DEPTH) return { what: `deeper than ${MAX_DEPTH} levels`, path: [] };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const fault = faultIn(value[index], depth + 1);
      if (fault) return behind(String(index), fault);
    }
    return null;
  }
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) return { what: 'has a forbidden key', path: [] };
    const fault = faultIn(value[key], depth + 1);
    if (fault) return behind(key.slice(0, 64), fault);
  }
  return null;
};

/** Binary is no more than a value: its bytes are not looked through one by one. */
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);

const behind = (key: string, { what, path }: Fault): Fault => ({ what, path: [key, ...path] });
