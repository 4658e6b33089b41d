/** Notifications of the system, for a call that comes while the page is out of sight. */

export type NotificationRight = 'granted' | 'denied' | 'default' | 'unsupported';

/** The part of the browser that is used. */
export interface NotificationPort {
  readonly right: () => NotificationRight;
  readonly ask: () => Promise<unknown>;
  readonly show: (
    title: string,
    options: NotificationOptions,
  ) => Pick<Notification, 'close' | 'onclick'>;
  readonly focus: () => void;
}

export class Notifications {
  readonly #port: NotificationPort;
  #shown: Pick<Notification, 'close' | 'onclick'> | null = null;

  constructor(port: NotificationPort = ofThisPage) {
    this.#port = port;
  }

  get right(): NotificationRight {
    return this.#port.right();
  }

  /** Call from a gesture. */
  async ask(): Promise<NotificationRight> {
    await this.#port.ask();
    return this.right;
  }

  /** From now on exactly this one is shown; null: none. */
  show(text: { readonly title: string; readonly body: string } | null): void {
    this.#shown?.close();
    this.#shown = null;
    if (!text || this.right !== 'granted') return;
    try {
      const { focus } = this.#port;
      const shown = this.#port.show(text.title, {
        body: text.body,
        tag: 'veche.call',
        requireInteraction: true,
      });
      shown.onclick = () => {
        focus();
        shown.close();
      };
      this.#shown = shown;
    } catch {
      // Phones give pages none of their own: the call still rings.
    }
  }
}

const ofThisPage: NotificationPort = {
  right: () => ('Notification' in window ? Notification.permission : 'unsupported'),
  ask: async () => ('Notification' in window ? Notification.requestPermission() : undefined),
  show: (title, options) => new Notification(title, options),
  focus: () => {
    window.focus();
  },
};
