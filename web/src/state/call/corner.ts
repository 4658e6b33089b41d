/** The four places of the own picture. */

export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';

export const CORNERS: readonly Corner[] = ['bottom-right', 'bottom-left', 'top-left', 'top-right'];

const corner = (top: boolean, left: boolean): Corner => {
  if (top) return left ? 'top-left' : 'top-right';
  return left ? 'bottom-left' : 'bottom-right';
};

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where something goes that was let go at this point of the area. */
export const nearestCorner = (point: { x: number; y: number }, area: Size): Corner =>
  corner(point.y < area.height / 2, point.x < area.width / 2);

/** Where an arrow key moves it; null for any other key. */
export function cornerByKey(key: string, from: Corner): Corner | null {
  const top = from.startsWith('top');
  const left = from.endsWith('left');
  switch (key) {
    case 'ArrowUp':
      return corner(true, left);
    case 'ArrowDown':
      return corner(false, left);
    case 'ArrowLeft':
      return corner(top, true);
    case 'ArrowRight':
      return corner(top, false);
    default:
      return null;
  }
}

/** Round and round, for whoever only presses. */
export const nextCorner = (from: Corner): Corner =>
  CORNERS[(CORNERS.indexOf(from) + 1) % CORNERS.length] ?? from;
