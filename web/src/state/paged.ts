/** A long list that comes a page at a time, and is kept fresh at its beginning. */
import { Observable } from '../session/index.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

/** Asks for the first page, or for the one after a cursor. */
export type LoadPage<Item> = (cursor: string | undefined) => Promise<Page<Item>>;

export type PagedState<Item> =
  | { readonly phase: 'loading' }
  | { readonly phase: 'failed'; readonly error: unknown }
  | {
      readonly phase: 'ready';
      readonly items: readonly Item[];
      /** What is below the last item: nothing, more, or more that did not come. */
      readonly rest: 'none' | 'more' | 'loading' | 'failed';
    };

export class Paged<Item> extends Observable<PagedState<Item>> {
  readonly #idOf: (item: Item) => string;
  #load: LoadPage<Item>;
  #pages: readonly Page<Item>[] = [];
  /** Counts what was asked for: an answer to something older is of no use. */
  #turn = 0;
  #refreshing = false;
  #rest: 'idle' | 'loading' | 'failed' = 'idle';

  constructor(load: LoadPage<Item>, idOf: (item: Item) => string) {
    super({ phase: 'loading' });
    this.#load = load;
    this.#idOf = idOf;
  }

  /** From the start, of something else where it is given; what is shown stays until it is there. */
  async restart(load: LoadPage<Item> = this.#load): Promise<void> {
    this.#load = load;
    const turn = (this.#turn += 1);
    this.#rest = 'idle';
    if (this.current.phase === 'failed') this.set({ phase: 'loading' });
    try {
      const first = await load(undefined);
      if (turn !== this.#turn) return;
      this.#show([first]);
    } catch (error) {
      if (turn === this.#turn) this.set({ phase: 'failed', error });
    }
  }

  /** Asks for the first page again; if it does not come, the old one is good enough. */
  async refresh(): Promise<void> {
    if (this.current.phase !== 'ready') return this.restart();
    if (this.#refreshing) return;
    this.#refreshing = true;
    const turn = this.#turn;
    try {
      const first = await this.#load(undefined);
      if (turn === this.#turn) this.#show([first, ...this.#pages.slice(1)]);
    } catch {
      // The next one may come.
    } finally {
      this.#refreshing = false;
    }
  }

  async more(): Promise<void> {
    const last = this.#pages.at(-1);
    if (last?.next === undefined || this.#rest === 'loading') return;
    const turn = this.#turn;
    this.#rest = 'loading';
    this.#show(this.#pages);
    try {
      const page = await this.#load(last.next);
      if (turn !== this.#turn) return;
      this.#rest = 'idle';
      this.#show([...this.#pages, page]);
    } catch {
      if (turn !== this.#turn) return;
      this.#rest = 'failed';
      this.#show(this.#pages);
    }
  }

  #show(pages: readonly Page<Item>[]): void {
    this.#pages = pages;
    // A page that was asked for again may reach into the next one.
    const items = new Map<string, Item>();
    for (const page of pages) for (const item of page.items) items.set(this.#idOf(item), item);
    const ended = pages.at(-1)?.next === undefined;
    const rest = ended ? 'none' : this.#rest === 'idle' ? 'more' : this.#rest;
    this.set({ phase: 'ready', items: [...items.values()], rest });
  }
}
