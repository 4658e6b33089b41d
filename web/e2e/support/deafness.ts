/** A client that was changed to take no notice of what it is told. */

/** Runs in the page, before it connects: what the server says with any of these words is lost. */
export const installDeafness = (words: readonly string[]): void => {
  const Original = window.WebSocket;
  window.WebSocket = class extends Original {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      // Before any listener of the page.
      this.addEventListener('message', (event: MessageEvent<unknown>) => {
        const { data } = event;
        if (typeof data === 'string' && words.some((word) => data.includes(word))) {
          event.stopImmediatePropagation();
        }
      });
    }
  };
};
