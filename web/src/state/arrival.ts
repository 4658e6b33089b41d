/** A page's heading takes the focus when it appears: screen readers say where one is now. */
export function arrival(heading: HTMLElement): void {
  heading.focus();
}
