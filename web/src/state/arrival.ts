import { refuge } from './refuge.ts';

/**
 * A page's heading takes the focus when it appears: screen readers say where one is now. And again
 * when what had the focus vanishes.
 */
export function arrival(heading: HTMLElement): () => void {
  const leave = refuge(heading);
  heading.focus();
  return leave;
}
