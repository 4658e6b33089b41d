/** Light or dark: as the system says, or as chosen by hand. Applied first by public/theme.js. */
import { onThisDevice, recall, remember } from './storage.ts';

const THEMES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEMES)[number];

const STORED_AS = 'veche.theme';

function stored(): ThemeChoice {
  const found = recall(onThisDevice, STORED_AS);
  return THEMES.find((theme) => theme === found) ?? 'system';
}

export class Theme {
  #choice = $state.raw(stored());

  get choice(): ThemeChoice {
    return this.#choice;
  }

  choose = (choice: ThemeChoice): void => {
    this.#choice = choice;
    remember(onThisDevice, STORED_AS, choice);
    if (choice === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = choice;
  };
}
