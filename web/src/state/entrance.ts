/** Sessions of this browser: the account it remembers, the tab it is, its microphones and cameras. */
import { BrowserCameras } from '../platform/cameras.ts';
import { accountStore, tabDeviceId } from '../platform/identity.ts';
import { BrowserMicrophones } from '../platform/microphones.ts';
import {
  signIn,
  startSession,
  storedAccount,
  type Account,
  type Session,
} from '../session/index.ts';
import type { Entrance } from './door.svelte.ts';

const server = { origin: location.origin, store: accountStore };

async function start(account: Account): Promise<Session> {
  const deviceId = await tabDeviceId();
  return startSession(account, {
    ...server,
    deviceId,
    microphones: new BrowserMicrophones(),
    cameras: new BrowserCameras(),
  });
}

export const browserEntrance: Entrance = {
  resume: async () => {
    const account = storedAccount(server);
    return account && start(account);
  },
  signIn: async (name) => start(await signIn(name, server)),
};
