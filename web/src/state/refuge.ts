/** Where what had the focus vanishes, with a prompt or a panel, the focus comes here and is not lost. */
export function refuge(home: HTMLElement): () => void {
  let last: EventTarget | null = null;
  let looking: ReturnType<typeof setTimeout> | undefined;

  const came = ({ target }: FocusEvent): void => {
    last = target;
  };
  /** Later: a dialog that closes gives the focus back by itself. */
  const look = (): void => {
    looking = undefined;
    if (document.activeElement !== document.body || !(last instanceof Node)) return;
    // What was left of one's own will, by a click beside it, is still there.
    if (!last.isConnected) home.focus();
    last = null;
  };
  const changed = (): void => {
    looking ??= setTimeout(look);
  };

  const observer = new MutationObserver(changed);
  observer.observe(document.body, { childList: true, subtree: true });
  document.addEventListener('focusin', came);
  document.addEventListener('focusout', changed);
  return () => {
    clearTimeout(looking);
    observer.disconnect();
    document.removeEventListener('focusin', came);
    document.removeEventListener('focusout', changed);
  };
}
