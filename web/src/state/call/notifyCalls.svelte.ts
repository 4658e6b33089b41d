/** Whether this person wants to be notified of calls, and whether the browser lets us. */
import type { NotificationRight } from '../../platform/notifications.ts';
import { onThisDevice, recall, remember } from '../storage.ts';

const STORED_AS = 'veche.notifyCalls';

interface Notifications {
  readonly right: NotificationRight;
  ask(): Promise<NotificationRight>;
  show(text: { readonly title: string; readonly body: string } | null): void;
}

export class NotifyCalls {
  readonly #notifications: Notifications;
  #wanted = $state.raw(recall(onThisDevice, STORED_AS) !== null);
  #right = $state.raw<NotificationRight>('default');

  constructor(notifications: Notifications) {
    this.#notifications = notifications;
    this.#right = notifications.right;
  }

  get on(): boolean {
    return this.#wanted && this.#right === 'granted';
  }

  get right(): NotificationRight {
    return this.#right;
  }

  /** Call from a gesture: the browser may ask. */
  set = async (wanted: boolean): Promise<void> => {
    this.#wanted = wanted;
    remember(onThisDevice, STORED_AS, wanted ? 'yes' : null);
    this.#right = wanted ? await this.#notifications.ask() : this.#notifications.right;
  };

  /** From now on exactly this one is shown; null: none. */
  show = (text: { readonly title: string; readonly body: string } | null): void => {
    this.#notifications.show(this.on ? text : null);
  };
}
