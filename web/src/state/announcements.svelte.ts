/** Tells screen readers what those who look at the room see happen. */
import type { Participant } from '@veche/protocol';
import { untrack } from 'svelte';
import { t } from '../i18n/i18n.ts';
import type { Announcer } from './announcer.svelte.ts';
import { attendance, raisedSince } from './attendance.ts';
import type { Deed } from '../session/index.ts';
import { deedText, digest } from './room/deedWords.ts';
import { entryWords } from './room/hearingWords.ts';
import type { Visit, Voicing } from './visit.ts';

/** Comings and goings are gathered this long, so that a crowd is one sentence. */
const GATHER_MS = 1500;
/** So are deeds: a change of mode comes with one for everybody. */
const DEEDS_GATHER_MS = 300;

/** Call while a component is made: it lives as long as that. */
export function announceRoom(visit: Visit, announcer: Announcer): void {
  announceAttendance(visit, announcer);
  announceMute(visit, announcer);
  announceSignal(visit, announcer);
  announceEntry(visit, announcer);
  announceDeeds(visit, announcer);
  clearAfter(visit, announcer);
}

/** What others did there does not lie over the page that says how it ended, or over another one. */
function clearAfter(visit: Visit, { clear }: Announcer): void {
  const ended = $derived(visit.view.status.phase === 'ended');
  $effect(() => {
    if (ended) untrack(clear);
  });
  $effect(() => clear);
}

function announceAttendance(visit: Visit, { say }: Announcer): void {
  let known: readonly Participant[] | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = (): void => {
    timer = undefined;
    const now = visit.view.snapshot?.participants ?? [];
    const { joined, left } = attendance(known ?? now, now);
    const raised = raisedSince(known ?? now, now);
    known = now;
    const [hand, ...hands] = raised;
    // For those who can let them speak: the queue is to be seen only.
    if (hand !== undefined && visit.view.self?.role === 'moderator') {
      const options = { name: hand, count: hands.length };
      say(hands.length === 0 ? t('said.handOne', options) : t('said.handMany', options));
    }
    const [comer, ...comers] = joined;
    if (comer !== undefined) {
      const options = { name: comer, count: comers.length };
      say(comers.length === 0 ? t('said.joinedOne', options) : t('said.joinedMany', options));
    }
    const [leaver, ...leavers] = left;
    if (leaver !== undefined) {
      const options = { name: leaver, count: leavers.length };
      say(leavers.length === 0 ? t('said.leftOne', options) : t('said.leftMany', options));
    }
  };

  $effect(() => {
    const participants = visit.view.snapshot?.participants;
    if (!participants) return;
    known ??= participants;
    if (participants !== known) timer ??= setTimeout(tell, GATHER_MS);
  });
  $effect(() => () => {
    clearTimeout(timer);
  });
}

function announceMute(visit: Visit, { say }: Announcer): void {
  let before: Voicing | undefined;
  const voicing = $derived(visit.voicing);
  const inside = $derived(visit.view.status.phase === 'joined');
  $effect(() => {
    const now = voicing;
    if (!inside || now === 'unmuting' || now === before) return;
    if (before !== undefined) untrack(() => say(t(`said.${now}`)));
    before = now;
  });
}

function announceSignal(visit: Visit, { say }: Announcer): void {
  let lost = false;
  let entered = false;
  const phase = $derived(visit.view.status.phase);
  $effect(() => {
    const now = phase;
    untrack(() => {
      if (now === 'joined' && !entered) {
        say(t('said.entered', { room: visit.view.snapshot?.room.name ?? '' }));
      } else if (now === 'joined' && lost) {
        say(t('said.back'));
      } else if (now === 'reconnecting') {
        say(t('said.lost'));
      }
      entered ||= now === 'joined';
      lost = now === 'reconnecting';
    });
  });
}

function announceEntry(visit: Visit, { show }: Announcer): void {
  let entered = false;
  const inside = $derived(visit.view.status.phase === 'joined');
  $effect(() => {
    if (!inside || entered) return;
    entered = true;
    untrack(() => {
      const words = entryWords(visit.view);
      if (words !== null) show(words);
    });
  });
}

function announceDeeds(visit: Visit, { show }: Announcer): void {
  $effect(() => {
    let burst: Deed[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = (): void => {
      const me = visit.view.self?.user.id;
      const told = digest(burst);
      timer = undefined;
      burst = [];
      if (me && visit.view.status.phase !== 'ended')
        for (const deed of told) show(deedText(deed, me));
    };
    const stop = visit.room.onDeed((deed) => {
      burst.push(deed);
      timer ??= setTimeout(tell, DEEDS_GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  });
}
