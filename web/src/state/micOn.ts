/** Whether somebody enters rooms on this device with the microphone on: not until they say so. */
import { onThisDevice, recall, remember } from './storage.ts';

const STORED_AS = 'veche.micOn';

export const entersWithMicOn = (): boolean => recall(onThisDevice, STORED_AS) !== null;

export function enterWithMicOn(on: boolean): void {
  remember(onThisDevice, STORED_AS, on ? 'yes' : null);
}
