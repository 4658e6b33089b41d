/** What to say when something is refused. */
import { MAX_NAME_LENGTH, MAX_ROOM_NAME_LENGTH, PersonName, RoomName } from '@veche/protocol';
import { t } from '../i18n/i18n.ts';
import { RequestError } from '../session/index.ts';

export function faultText(error: unknown): string {
  if (!(error instanceof RequestError && error.answered)) return t('fault.unreachable');
  return t(`fault.${error.reason === 'room_spread' ? error.reason : error.code}`);
}

/** What is wrong with a name, or undefined. */
export const personNameFault = (name: string): string | undefined =>
  PersonName.safeParse(name).success
    ? undefined
    : nameFault(name, t('name.empty'), MAX_NAME_LENGTH);

export const roomNameFault = (name: string): string | undefined =>
  RoomName.safeParse(name).success
    ? undefined
    : nameFault(name, t('create.nameEmpty'), MAX_ROOM_NAME_LENGTH);

function nameFault(name: string, empty: string, most: number): string {
  const length = Array.from(name.normalize('NFC').trim()).length;
  if (length === 0) return empty;
  if (length > most) return t('name.long', { most });
  return t('name.characters');
}
