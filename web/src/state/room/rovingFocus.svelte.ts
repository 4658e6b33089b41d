/** The focus in a list of people whose rows have a button each: see `roving.ts` for the keys. */
import { on } from 'svelte/events';
import { rowAfter, stopAmong, type Shape } from './roving.ts';

export interface Rows extends Pick<Shape, 'first'> {
  /** Of the participants, in order. */
  readonly ids: readonly string[];
  /** Which of them are drawn; all where it is not said. */
  readonly drawn?: { readonly first: number; readonly end: number };
  readonly linesNow: () => Pick<Shape, 'perLine' | 'pageLines'>;
}

const personAt = (target: EventTarget | null): string | undefined =>
  target instanceof Element
    ? target.closest<HTMLElement>('[data-participant-id]')?.dataset['participantId']
    : undefined;

/** To be made while a component is. */
export class RovingFocus {
  readonly #rows: () => Rows;
  /** Called before a row that is not drawn gets the focus. */
  readonly #draw: (row: number) => Promise<void>;
  #list: HTMLElement | null = null;
  /** Who had the focus last. */
  #current = $state<string>();
  #row = 0;
  /** What has the focus; null: something outside of the list. */
  #focused: HTMLElement | null = null;

  constructor(rows: () => Rows, draw: (row: number) => Promise<void> = () => Promise.resolve()) {
    this.#rows = rows;
    this.#draw = draw;
    $effect(this.#keep);
  }

  /** The row that Tab leads to. */
  get stop(): number {
    const { ids, first, drawn = { first: 0, end: ids.length } } = this.#rows();
    return stopAmong(
      ids.findIndex((id) => id === this.#current),
      { first: Math.max(first, drawn.first), end: drawn.end },
    );
  }

  /** For the list. */
  attach = (list: HTMLElement): (() => void) => {
    this.#list = list;
    const stops = [
      on(list, 'focusin', ({ target }) => {
        if (target instanceof HTMLElement) this.#focused = target;
        this.#current = personAt(target) ?? this.#current;
      }),
      on(list, 'focusout', () => {
        // Later: a row that is taken away or moved loses the focus without having been left.
        queueMicrotask(() => {
          if (document.activeElement !== this.#focused) this.#focused = null;
        });
      }),
      on(list, 'keydown', (event) => void this.#pressed(event)),
    ];
    return () => {
      this.#list = null;
      for (const stop of stops) stop();
    };
  };

  async #pressed(event: KeyboardEvent): Promise<void> {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { ids, first, drawn, linesNow } = this.#rows();
    const from = ids.findIndex((id) => id === personAt(event.target));
    if (from < 0) return;
    const row = rowAfter(event.key, from, { first, count: ids.length, ...linesNow() });
    if (row === null) return;
    event.preventDefault();
    // Only what is drawn can have the focus.
    if (drawn && (row < drawn.first || row >= drawn.end)) await this.#draw(row);
    this.#button(ids[row])?.focus();
  }

  /** Whoever had the focus goes: their neighbour gets it. Or moves: a row that is moved loses it. */
  #keep = (): void => {
    const { ids, first } = this.#rows();
    const row = ids.findIndex((id) => id === this.#current);
    const lost = this.#focused !== null && document.activeElement === document.body;
    if (row >= 0) {
      this.#row = row;
      if (lost && this.#focused?.isConnected) this.#focused.focus({ preventScroll: true });
    } else if (lost) {
      this.#button(ids[Math.max(first, Math.min(this.#row, ids.length - 1))])?.focus();
    }
  };

  #button(id: string | undefined): HTMLElement | null {
    return this.#list?.querySelector<HTMLElement>(`[data-participant-id="${id}"] button`) ?? null;
  }
}
