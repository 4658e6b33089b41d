/** Real headless Chromium, one context for each person. */
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, LaunchOptions } from 'playwright-core';
import { descendantsOf } from '../../../sfu-server/test/support/process.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // A page that is not in front must hear as well as one that is.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** The program of the browser. */
export const CHROMIUM = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';

const options = (autoplay: boolean): LaunchOptions => {
  const policy = autoplay ? 'no-user-gesture-required' : 'document-user-activation-required';
  return { executablePath: CHROMIUM, args: [...ARGUMENTS, `--autoplay-policy=${policy}`] };
};

/** @param autoplay false: sound needs a gesture, as on most people's machines. */
export const launchBrowser = ({ autoplay = true } = {}): Promise<Browser> =>
  chromium.launch(options(autoplay));

export interface BrowserApart {
  readonly browser: Browser;
  /** Its processes stand still: nothing comes from it any more, and nothing is closed. */
  freeze(): void;
  kill(): void;
}

/**
 * A browser whose processes can be stopped, as a network that fails is seen from elsewhere.
 * @param program that runs the browser in its own way
 * @param more arguments
 */
export const launchBrowserApart = async (
  program = CHROMIUM,
  more: readonly string[] = [],
): Promise<BrowserApart> => {
  const { args = [], ...rest } = options(true);
  const launched = await chromium.launchServer({
    ...rest,
    executablePath: program,
    args: [...args, ...more],
  });
  const browser = await chromium.connect(launched.wsEndpoint());
  const { pid } = launched.process();
  if (pid === undefined) throw new Error('the browser has no process');
  const signal = (name: NodeJS.Signals): void => {
    for (const process_ of [pid, ...descendantsOf(pid)]) process.kill(process_, name);
  };
  return {
    browser,
    freeze: () => {
      signal('SIGSTOP');
    },
    kill: () => {
      signal('SIGKILL');
    },
  };
};

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};
