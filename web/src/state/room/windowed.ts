/** Which rows of a long list are worth drawing. */

export interface Sight {
  /** How far the list's beginning is above the top of the screen; below it: negative. */
  readonly above: number;
  readonly height: number;
}

export interface Rows {
  readonly count: number;
  readonly perLine: number;
  readonly lineHeight: number;
}

export interface Window {
  readonly first: number;
  /** Not drawn any more. */
  readonly end: number;
  /** Space of what is left out, before and after. */
  readonly before: number;
  readonly after: number;
}

/** Lines beyond the edge of the screen that are drawn all the same: scrolling shows them at once. */
const SPARE = 6;

export function windowed({ above, height }: Sight, { count, perLine, lineHeight }: Rows): Window {
  const lines = Math.ceil(count / perLine);
  const firstLine = Math.min(lines, Math.max(0, Math.floor(above / lineHeight) - SPARE));
  const endLine = Math.min(
    lines,
    Math.max(firstLine, Math.ceil((above + height) / lineHeight) + SPARE),
  );
  return {
    first: firstLine * perLine,
    end: Math.min(count, endLine * perLine),
    before: firstLine * lineHeight,
    after: (lines - endLine) * lineHeight,
  };
}
