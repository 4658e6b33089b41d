/** How much of a long list is on the screen. */
import type { Attachment } from 'svelte/attachments';
import { on } from 'svelte/events';
import type { Sight } from './windowed.ts';

/** Tells at once, and whenever the page is scrolled or anything changes its size. */
export function watchSight(told: (sight: Sight, width: number) => void): Attachment<HTMLElement> {
  return (element) => {
    const look = (): void => {
      told(
        { above: -element.getBoundingClientRect().top, height: window.innerHeight },
        element.clientWidth,
      );
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    const stops = [
      on(window, 'scroll', look, { passive: true }),
      on(window, 'resize', look, { passive: true }),
    ];
    look();
    return () => {
      observer.disconnect();
      for (const stop of stops) stop();
    };
  };
}

export const remInPixels = (): number =>
  Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
