/** How high something is, for the styles of what stands above or below it. */
import type { Attachment } from 'svelte/attachments';

/** @param property of the page, as `--header` */
export const measured =
  (property: `--${string}`): Attachment<HTMLElement> =>
  (element) => {
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => {
      style.setProperty(property, `${element.offsetHeight}px`);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  };
