/**
 * The keyboard in a long list: one stop for Tab, and keys that lead from row to row. Otherwise a
 * thousand stops would lie between the list and what comes after it.
 */

export interface Shape {
  /** The first row that can have the focus. */
  readonly first: number;
  readonly count: number;
  readonly perLine: number;
  /** Lines on a screen. */
  readonly pageLines: number;
}

/** Where a key leads; null: nowhere, or it is none of the list's. */
export function rowAfter(
  key: string,
  from: number,
  { first, count, perLine, pageLines }: Shape,
): number | null {
  const last = count - 1;
  const to: Record<string, number | undefined> = {
    ArrowRight: from + 1,
    ArrowLeft: from - 1,
    ArrowDown: from + perLine,
    ArrowUp: from - perLine,
    PageDown: from + perLine * pageLines,
    PageUp: from - perLine * pageLines,
    Home: first,
    End: last,
  };
  const wanted = to[key];
  if (wanted === undefined) return null;
  const row = Math.min(last, Math.max(first, wanted));
  return row === from ? null : row;
}

/** The row that Tab leads to: where one was, or else the first of those that are drawn. */
export const stopAmong = (
  was: number,
  { first, end }: { readonly first: number; readonly end: number },
): number => (was >= first && was < end ? was : first);
