/** What was done in a room, in words. A burst of the same is one sentence. */
import type { User, UserId } from '@veche/protocol';
import { t } from '../../i18n/i18n.ts';
import type { Deed } from '../../session/index.ts';

type Personal = Extract<Deed, { whom: User }>;

export interface Told {
  readonly deed: Deed;
  /** So many more had the same done to them. */
  readonly more: number;
}

const isPersonal = (deed: Deed): deed is Personal => 'whom' in deed;
const isRole = ({ what }: Deed): boolean =>
  what === 'invited_to_speak' || what === 'sent_to_listeners';
const isMode = ({ what }: Deed): boolean => what === 'opened' || what === 'staged';

/** What of a burst is worth telling: roles that merely follow a change of mode are not. */
export function digest(deeds: readonly Deed[]): readonly Told[] {
  const modes = deeds.some(isMode);
  const told = new Map<string, Told>();
  for (const deed of deeds) {
    if (modes && isRole(deed)) continue;
    const key = `${deed.what} ${deed.by?.id ?? ''}`;
    const known = told.get(key);
    if (known && isPersonal(deed)) told.set(key, { ...known, more: known.more + 1 });
    else told.set(key, { deed, more: 0 });
  }
  return [...told.values()];
}

export function deedText({ deed, more }: Told, me: UserId): string {
  const by = nameOf(deed.by, me);
  if (deed.what === 'voice') {
    return deed.by ? t(`deed.voiceBy.${deed.voice}`, { by }) : t(`deed.voice.${deed.voice}`);
  }
  if (deed.what === 'join_muted') {
    return deed.by ? t(`deed.joinMutedBy.${deed.join}`, { by }) : t(`deed.joinMuted.${deed.join}`);
  }
  if (!isPersonal(deed)) return t(`deed.${deed.what}`, { by });
  const whom = deed.whom.id === me ? t('deed.whomYou') : deed.whom.name;
  if (more > 0) return t(`deed.many.${deed.what}`, { by, whom, count: more });
  return t(`deed.${deed.what}`, { by, whom });
}

function nameOf(user: User | null, me: UserId): string {
  if (!user) return t('deed.somebody');
  return user.id === me ? t('deed.byYou') : user.name;
}
