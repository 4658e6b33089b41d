/**
 * Where a scenario of a line plays: a real server, a browser beside it, and one at the far end of the
 * line. Everything ends with the process.
 */
import type { Browser } from 'playwright-core';
import { Line } from '../../../sfu-server/faults/network/line.ts';
import { readConfigFile } from '../../../sfu-server/src/config/load.ts';
import { startTestServer } from '../../../sfu-server/test/support/testServer.ts';
import type { TestServer } from '../../../sfu-server/test/support/testServer.ts';
import { CHROMIUM, launchBrowserApart } from '../../e2e/support/browser.ts';
import type { BrowserApart } from '../../e2e/support/browser.ts';
import { Caller } from '../../e2e/support/caller.ts';
import { SMALL } from '../../e2e/support/guest.ts';
import { BINS } from '../../e2e/support/person.ts';
import { installBusyCamera } from './busyCamera.ts';
import { installMeters } from './meters.ts';

/** Nobody else listens in this network. */
const PORT = 3000;
export const MEDIA_PORT = 40_000;
const [NEAR, FAR] = ['Nora', 'Finn'] as const;
const [NEAR_BIN, FAR_BIN] = BINS;
/** On a busy machine, and over a line in trouble. */
const HEARD_WITHIN_MS = 40_000;

/** Somebody, and the tone that the other one is to hear of them. */
export interface Side {
  readonly caller: Caller;
  readonly bin: number;
}

/** What a picture costs: next to nothing, or as much as is allowed. */
export type Camera = 'plain' | 'busy';

interface Manner {
  /** Of the near one. */
  readonly camera?: Camera;
  /** Pages with little to draw: two browsers and the server share the cores with the sound. */
  readonly small?: boolean;
}

interface Sides {
  readonly near: Side;
  readonly far: Side;
}

export const hearEachOther = async ({ near, far }: Sides): Promise<void> => {
  await Promise.all([
    near.caller.hearsOnly([far.bin], HEARD_WITHIN_MS),
    far.caller.hearsOnly([near.bin], HEARD_WITHIN_MS),
  ]);
};

/** Where media goes through now, like `udp 10.79.0.2`. */
export const pathOf = async ({ caller }: Side): Promise<string> =>
  (await caller.page.evaluate(() => window.meters.read())).paths.join(', ');

export class Stage {
  readonly line: Line;
  readonly server: TestServer;
  readonly url: string;
  readonly nearBrowser: BrowserApart;
  readonly farBrowser: BrowserApart;

  private constructor(
    line: Line,
    server: TestServer,
    nearBrowser: BrowserApart,
    farBrowser: BrowserApart,
  ) {
    this.line = line;
    this.server = server;
    this.url = urlOf(line);
    this.nearBrowser = nearBrowser;
    this.farBrowser = farBrowser;
  }

  static async set(): Promise<Stage> {
    const line = await Line.lay(PORT);
    const server = await startTestServer({
      http: { host: line.nearAddress, port: PORT },
      media: { listenAddresses: [line.nearAddress], port: MEDIA_PORT },
      // As in a normal start: who repairs a line must manage with them.
      limits: readConfigFile('default')['limits'],
      calls: readConfigFile('default')['calls'],
    });
    // Only there a page may use a microphone without TLS.
    const args = [`--unsafely-treat-insecure-origin-as-secure=${urlOf(line)}`];
    const near = await launchBrowserApart(CHROMIUM, args);
    const far = await launchBrowserApart(line.onFar(CHROMIUM), args);
    return new Stage(line, server, near, far);
  }

  /** Two people, at their pages and signed in; the near one's line is good. */
  async arrive(manner: Manner = {}): Promise<Sides> {
    const near = await this.#arrive(this.nearBrowser.browser, NEAR, NEAR_BIN, manner);
    const far = await this.#arrive(this.farBrowser.browser, FAR, FAR_BIN, {
      ...manner,
      camera: 'plain',
    });
    return { near, far };
  }

  /** The near one is in a room and speaks; the far one has its link. */
  async gather(): Promise<Sides & { readonly link: string }> {
    const { near, far } = await this.arrive();
    const link = await near.caller.person.createRoom('Town square');
    await near.caller.person.unmute();
    return { near, far, link };
  }

  async enter({ caller }: Side, link: string): Promise<void> {
    await caller.page.goto(link);
    await caller.person.isInRoom();
    await caller.person.unmute();
  }

  /** Both are in a room and hear each other. */
  async meet(): Promise<Sides> {
    const { near, far, link } = await this.gather();
    await this.enter(far, link);
    await hearEachOther({ near, far });
    return { near, far };
  }

  /** Both are in a call and hear each other; the far one was called. */
  async talk(media: 'audio' | 'video', manner?: Manner): Promise<Sides> {
    const { near, far } = await this.arrive(manner);
    await near.caller.call(FAR, media);
    await far.caller.isIn('ringing');
    await far.caller.press(media === 'video' ? 'Answer with video' : 'Answer');
    await hearEachOther({ near, far });
    return { near, far };
  }

  /** What a frozen or cut off browser left, it does not clean up. */
  async close(): Promise<void> {
    this.nearBrowser.kill();
    this.farBrowser.kill();
    await this.server.running.close();
  }

  async #arrive(
    browser: Browser,
    name: string,
    bin: number,
    { camera, small = false }: Manner,
  ): Promise<Side> {
    const caller = await Caller.arrive(browser, name, bin, {
      // What was allowed to use a microphone looks at each network by itself, as people's browsers do.
      permissions: ['microphone', 'camera'],
      // For the meters in the page.
      bypassCSP: true,
      ...(small ? SMALL : {}),
    });
    if (camera === 'busy') await caller.person.context.addInitScript(installBusyCamera);
    await caller.person.context.addInitScript(installMeters);
    await caller.signIn(this.url);
    return { caller, bin };
  }
}

const urlOf = ({ nearAddress }: Line): string => `http://${nearAddress}:${PORT}`;
