/** Real headless Chromium, one context for each person. */
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions } from 'playwright-core';

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

/** @param autoplay false: sound needs a gesture, as on most people's machines. */
export const launchBrowser = ({ autoplay = true } = {}): Promise<Browser> => {
  const executablePath = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';
  const policy = autoplay ? 'no-user-gesture-required' : 'document-user-activation-required';
  return chromium.launch({ executablePath, args: [...ARGUMENTS, `--autoplay-policy=${policy}`] });
};

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};
