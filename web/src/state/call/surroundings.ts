/** Joins calls to what is around them: the bell, the tab's title, notifications, news. */
import { on } from 'svelte/events';
import { t } from '../../i18n/i18n.ts';
import type { CallView } from '../../session/index.ts';
import type { Page, SignedIn } from '../contexts.ts';
import { after } from '../timer.ts';
import { isIncoming, viewOf } from './callOnScreen.ts';
import { attend, type Surroundings } from './attend.ts';
import type { Parting } from './parting.ts';

/** By then the call is off the screen, and screen readers hear the page again. */
const NEWS_AFTER_MS = 100;
/** Sound wakes up after what the gesture was meant for. Browsers still count it to the gesture. */
const UNLOCK_AFTER_MS = 500;

const GESTURES = ['pointerup', 'touchend', 'keydown'] as const;

type Around = Pick<Page, 'bell' | 'headline' | 'notifyCalls' | 'announcer'>;

/** Until the returned function is called. */
export function surroundCalls({ session, desk }: SignedIn, around: Around): () => void {
  const { bell, headline, notifyCalls, announcer } = around;
  let caller: CallView | null = null;
  let ringing = false;
  let notified = false;

  const notify = (): void => {
    const wanted = caller !== null && document.hidden;
    if (wanted === notified) return;
    notified = wanted;
    notifyCalls.show(
      caller && wanted
        ? { title: t('incoming.calls', { name: caller.peer.name }), body: kindOf(caller) }
        : null,
    );
  };

  const surroundings: Surroundings = {
    ring: (what) => {
      ringing = what !== null;
      bell.ring(what);
    },
    callsHere: (view) => {
      caller = view;
      notify();
    },
    parted: (view, parting) => {
      setTimeout(tell, NEWS_AFTER_MS, view, parting);
    },
    hungUp: () => desk.hungUp,
    after,
  };

  function tell({ peer: { name } }: CallView, parting: Parting): void {
    if (parting === 'own_wish') announcer.say(t('said.callOver'));
    else if (parting === 'missed') announcer.show(t('said.missed', { name }));
    else if (parting === 'answered_elsewhere') announcer.show(t('callEnd.answered_elsewhere'));
  }

  const unlock = (): void => {
    setTimeout(bell.unlock, ringing ? 0 : UNLOCK_AFTER_MS);
  };
  const views = viewOf(session.call);
  const entitle = (): void => {
    headline.set(headlineOf(views.current));
  };
  entitle();
  const stops = [
    views.subscribe(entitle),
    attend(session, surroundings),
    on(document, 'visibilitychange', notify),
    ...GESTURES.map((gesture) => on(window, gesture, unlock, { capture: true, passive: true })),
  ];
  return () => {
    for (const stop of stops) stop();
    headline.set(null);
  };
}

/** Calm: it changes once, and does not blink. */
function headlineOf(view: CallView | null): string | null {
  if (view && isIncoming(view)) return t('title.calls', { name: view.peer.name });
  if (view?.status.phase !== 'active') return null;
  return t(view.muted ? 'title.muted' : 'title.live', { page: view.peer.name });
}

export const kindOf = ({ media }: CallView): string =>
  media === 'video' ? t('incoming.video') : t('incoming.audio');
