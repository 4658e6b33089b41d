/**
 * Pictures of every scene on phone and desktop, in both themes and languages, and what the audit
 * finds: `node web/preview/shots.ts <folder> [part of a scene's name]`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { createServer } from 'vite';
import { audit } from './audit.ts';
import { scenes } from './scenes.ts';

const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } };
const PARALLEL = 4;

const [folder = 'artifacts/shots', filter = ''] = process.argv.slice(2);

interface Shot {
  readonly scene: string;
  readonly size: keyof typeof SIZES;
  readonly theme: 'light' | 'dark';
  readonly language: 'en' | 'ru';
}

const shots: Shot[] = [];
for (const scene of Object.keys(scenes).filter((name) => name.includes(filter))) {
  for (const size of ['phone', 'desktop'] as const) {
    for (const [theme, language] of [
      ['light', 'en'],
      ['dark', 'ru'],
      ['light', 'ru'],
      ['dark', 'en'],
    ] as const) {
      shots.push({ scene, size, theme, language });
    }
  }
}

async function take(browser: Browser, origin: string, shot: Shot): Promise<void> {
  const { scene, size, theme, language } = shot;
  const name = [scene, size, theme, language].join('.');
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme: theme,
    locale: language,
    hasTouch: size === 'phone',
    isMobile: size === 'phone',
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) console.log(`${name}: ${message.text()}`);
  });
  page.on('pageerror', (error) => {
    console.log(`${name}: ${error.message}`);
  });
  await page.goto(`${origin}/preview/?${scene}`);
  await page.waitForSelector('h1');
  const press = scenes[scene]?.press?.[language];
  const button = press && page.getByRole('button', { name: press }).first();
  if (button && (await button.isVisible())) await button.click();
  // Long enough for every transition.
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  for (const fault of await page.evaluate(audit)) console.log(`${name}: ${fault}`);
  await context.close();
}

await mkdir(folder, { recursive: true });
const server = await createServer({
  configFile: join(import.meta.dirname, '../vite.config.ts'),
  server: { port: 5199, hmr: false },
  logLevel: 'warn',
});
await server.listen();
const origin = server.resolvedUrls?.local[0]?.replace(/\/$/, '') ?? '';
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const waiting = [...shots];
await Promise.all(
  Array.from({ length: PARALLEL }, async () => {
    for (let shot = waiting.shift(); shot; shot = waiting.shift()) {
      await take(browser, origin, shot);
    }
  }),
);
await browser.close();
await server.close();
console.log(`${shots.length} pictures in ${folder}`);
