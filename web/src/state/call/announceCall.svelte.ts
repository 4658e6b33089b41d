/** Tells screen readers what those who look at the call see happen. */
import type { HeldReason } from '@veche/protocol';
import { untrack } from 'svelte';
import { t } from '../../i18n/i18n.ts';
import type { CallView } from '../../session/index.ts';
import type { Announcer } from '../announcer.svelte.ts';

/**
 * Call while a component is made: it lives as long as that.
 * @param held why the other's picture is withheld
 */
export function announceCall(
  view: () => CallView,
  held: () => HeldReason | null,
  { say }: Pick<Announcer, 'say'>,
): void {
  const name = $derived(view().peer.name);
  const active = $derived(view().status.phase === 'active');
  const muted = $derived(view().muted);
  const camera = $derived(view().camera.phase);
  const lost = $derived(view().signalLostSince !== null);
  const away = $derived(view().peerLost !== null);

  $effect(() => {
    if (active) untrack(() => say(t('said.inCall', { name })));
  });
  tellChanges(
    () => muted,
    (now) => say(now ? t('said.muted') : t('said.live')),
  );
  tellChanges(
    () => camera,
    (now) => {
      if (now === 'on') say(t('said.cameraOn'));
      else if (now === 'off') say(t('said.cameraOff'));
    },
  );
  const withheld = $derived(held());
  tellChanges(
    () => withheld,
    (now) => {
      if (now !== null) say(t(`call.held.${now}`));
    },
  );
  tellChanges(
    () => lost,
    (now) => say(now ? t('said.lost') : t('said.back')),
  );
  tellChanges(
    () => away,
    (now) => say(now ? t('said.peerLost', { name }) : t('said.peerBack', { name })),
  );
}

/** Not how it is at first: only what changes. */
function tellChanges<T>(read: () => T, tell: (now: T) => void): void {
  let before = untrack(read);
  $effect(() => {
    const now = read();
    if (now === before) return;
    before = now;
    untrack(() => {
      tell(now);
    });
  });
}
