/** The browser's storage, which may be full or forbidden: then nothing is remembered. */

/** A function, because the mere mention of a forbidden storage throws. */
type Place = () => Storage;

export const onThisDevice: Place = () => localStorage;
export const inThisTab: Place = () => sessionStorage;

export function recall(place: Place, key: string): string | null {
  try {
    return place().getItem(key);
  } catch {
    return null;
  }
}

/** `null` forgets. */
export function remember(place: Place, key: string, value: string | null): void {
  try {
    if (value === null) place().removeItem(key);
    else place().setItem(key, value);
  } catch {
    // It will be asked again next time.
  }
}
