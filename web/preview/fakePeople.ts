/** People of all kinds of names. */
import { CallId, UserId, type HistoryEntry, type Person, type User } from '@veche/protocol';

export const NAMES = [
  'Ана Петровић',
  'Boris',
  'Мария-Екатерина Константинопольская-Вознесенская',
  'Chloé Dubois',
  'Дмитрий',
  'Eleni Papadopoulou',
  'Фёдор Михайлович',
  '李雷',
  'Grace Hopper',
  'Hüseyin',
  'Инна',
  'Supercalifragilisticexpialidocious Smith',
  '🦊 Fox',
  'محمد علي',
];

/** As long as a server nearby takes. */
export const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

export const userId = (index: number): UserId =>
  UserId.parse(`user-${index}-${(index * 7919) % 997}`);

const nameOf = (index: number): string => {
  const name = (NAMES[index % NAMES.length] ?? 'Ana').slice(0, 40);
  return index < NAMES.length ? name : `${name} ${Math.floor(index / NAMES.length) + 1}`;
};

export const fakeUser = (index: number): User => ({ id: userId(index), name: nameOf(index) });

const PRESENCES = ['online', 'busy', 'offline', 'online'] as const;

/** Others: the one at 0 is oneself. */
export const fakePeople = (count: number): Person[] =>
  Array.from({ length: count }, (_, index) => ({
    ...fakeUser(index + 1),
    presence: PRESENCES[index % PRESENCES.length] ?? 'offline',
  }));

const HOUR_MS = 3_600_000;

export const fakeCalls = (): HistoryEntry[] => {
  const entry = (index: number, hours: number, change: Partial<HistoryEntry>): HistoryEntry => ({
    callId: CallId.parse(`call-${index}`),
    direction: 'placed',
    peer: fakeUser(index + 1),
    media: 'audio',
    at: Date.now() - hours * HOUR_MS,
    durationMs: 0,
    reason: 'hangup',
    seen: true,
    ...change,
  });
  return [
    entry(0, 0.2, { direction: 'missed', reason: 'no_answer', seen: false }),
    entry(1, 1, { direction: 'missed', reason: 'busy', media: 'video', seen: false }),
    entry(2, 2, { durationMs: 754_000, media: 'video' }),
    entry(3, 20, { direction: 'received', durationMs: 42_000 }),
    entry(4, 30, { reason: 'busy' }),
    entry(5, 70, { reason: 'offline' }),
    entry(6, 100, { direction: 'received', reason: 'rejected' }),
    entry(7, 900, { reason: 'no_answer', media: 'video' }),
    entry(8, 9900, { durationMs: 4_754_000, reason: 'connection_lost' }),
  ];
};
