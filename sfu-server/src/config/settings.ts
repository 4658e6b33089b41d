/**
 * Every setting, with what it means. Defaults stand in config/default.json; from here come the
 * checks, the names of the environment variables and the table in the README.
 */
import { isIP } from 'node:net';
import * as z from 'zod';

const int = (min: number, max: number) => z.int().min(min).max(max);
const share = z.number().min(0).max(1);
const ms = (min: number, max: number) => int(min, max);
const hostName = /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9-]{1,63})*$/;

/** An address that a browser elsewhere could not use as the server's own. */
const isUseless = (address: string): boolean =>
  address === 'localhost' ||
  address === '0.0.0.0' ||
  address === '::' ||
  address.startsWith('127.');

const announced = z
  .string()
  .refine(
    (it) => it === '' || isIP(it) !== 0 || hostName.test(it),
    'must be an address or a host name',
  )
  .refine(
    (it) => it === '' || !isUseless(it),
    'must be an address that browsers elsewhere can reach',
  );

const ipAddress = z
  .string()
  .refine((it) => isIP(it) !== 0, 'must be an IP address')
  .refine(
    (it) => it !== '0.0.0.0' && it !== '::',
    'must be an address of an interface, not all of them',
  );

const origin = z
  .string()
  .refine(
    (it) => URL.canParse(it) && new URL(it).origin === it,
    'must be an origin like https://example.org',
  );

export const Settings = z.strictObject({
  http: z.strictObject({
    host: z.string().min(1).describe('Address to listen on for the page and signalling.'),
    port: int(0, 65_535).describe('TCP port of the page and signalling; 0: any free one.'),
    lan: z
      .boolean()
      .describe('Also serve HTTPS on the LAN address, with a certificate made for it (`--lan`).'),
    allowedOrigins: z
      .array(origin)
      .describe('Origins of other sites whose pages may connect, besides this host itself.'),
    trustProxy: z
      .boolean()
      .describe(
        'Believe X-Forwarded-For, -Host and -Proto: only behind a reverse proxy that sets them.',
      ),
    requestMs: ms(100, 600_000).describe(
      'A connection that has not sent a whole HTTP request by then is closed, ms.',
    ),
  }),
  data: z.strictObject({
    directory: z
      .string()
      .min(1)
      .describe(
        'Where the database, the secret and certificates are kept; `:memory:` keeps nothing.',
      ),
  }),
  log: z.strictObject({
    level: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .describe('Least level that is logged.'),
    format: z.enum(['auto', 'json', 'pretty']).describe('`auto`: pretty on a terminal, else JSON.'),
  }),
  tokens: z.strictObject({
    guestDays: int(1, 3650).describe('How long a guest’s token is valid, days.'),
    forgetEveryMs: ms(50, 86_400_000).describe(
      'How often people are forgotten all of whose tokens are over, ms.',
    ),
    skewMs: ms(0, 600_000).describe(
      'How far clocks may differ: a token is taken so much longer, and then its connections end, ms.',
    ),
  }),
  media: z.strictObject({
    workers: int(0, 256).describe('mediasoup workers; 0: one per core.'),
    workerBin: z
      .string()
      .describe('The mediasoup-worker program; empty: the one that set-up found.'),
    port: int(0, 65_535).describe(
      'UDP and TCP port of the first worker; worker i uses port + i. 0: any.',
    ),
    listenAddresses: z
      .array(ipAddress)
      .describe('Addresses for media; empty: those of all interfaces and loopback.'),
    announcedAddress: announced.describe(
      'Public address or host name to tell browsers, where the server is behind NAT.',
    ),
    initialOutgoingBitrate: int(100_000, 100_000_000).describe(
      'First estimate of what a listener can receive, bit/s.',
    ),
    iceConsentTimeoutS: int(10, 60).describe('Silence on the media path that counts as lost, s.'),
    sampleMs: ms(100, 60_000).describe(
      'How often a worker is asked for its load, and its time to answer; after three misses it is replaced, ms.',
    ),
    maxLoad: share.describe(
      'Share of a core, 0 to 1: when every worker uses so much, nobody new is let in and no call is placed.',
    ),
    bitrateMs: ms(100, 60_000).describe(
      'How often what each producer and transport sends is measured; one that sends more than twice what it may, two times in a row, is closed, ms. A transport may send all that follows.',
    ),
    microphoneBitrate: int(8000, 100_000_000).describe('What a microphone may send, bit/s.'),
    cameraBitrate: int(8000, 100_000_000).describe('What a camera may send, bit/s.'),
    screenBitrate: int(8000, 100_000_000).describe('What a screen may send, bit/s.'),
    screenAudioBitrate: int(8000, 100_000_000).describe(
      'What the sound of a screen may send, bit/s.',
    ),
    feedbackBitrate: int(8000, 100_000_000).describe(
      'What who receives may say of it (RTCP), bit/s.',
    ),
    iceGraceMs: ms(0, 600_000).describe('How long a lost media path may be restarted, ms.'),
    dtlsTimeoutMs: ms(100, 600_000).describe('Time for DTLS after `transport:connect`, ms.'),
  }),
  rooms: z.strictObject({
    graceMs: ms(0, 600_000).describe('How long a seat is kept when the signal is lost, ms.'),
    deliberateGraceMs: ms(0, 600_000).describe(
      'The same after the page was closed: time for a reload, ms.',
    ),
    defaultMaxParticipants: int(2, 5000).describe('Seats of a room that asks for no number.'),
    maxRoomsPerUser: int(1, 10_000).describe('Rooms that one person may have created.'),
  }),
  calls: z.strictObject({
    ringMs: ms(100, 600_000).describe('How long a call rings, ms.'),
    graceMs: ms(0, 600_000).describe(
      'How long a call waits for somebody whose signal is lost, ms; 0: it ends at once.',
    ),
    ringingGraceMs: ms(0, 600_000).describe('The same while it rings, ms.'),
    deliberateGraceMs: ms(0, 600_000).describe(
      'The most it waits after the page was closed: time for a reload, ms.',
    ),
    mediaTimeoutMs: ms(100, 600_000).describe(
      'Time until the media of both must be connected after the answer or a return, ms.',
    ),
    maxUnansweredInRow: int(1, 100_000).describe(
      'Calls to the same person that may ring in vain, one after another; an answer or ten minutes make good for it.',
    ),
  }),
  voice: z.strictObject({
    slots: int(1, 8).describe('How many are heard at once in a large room.'),
    directMicrophones: int(0, 100).describe(
      'A room with more microphones than this, muted ones included, is heard through slots.',
    ),
    directPeople: int(1, 1000).describe('So is one with more people than this.'),
    backMicrophones: int(0, 100).describe('Back to direct with at most so many microphones,'),
    backPeople: int(1, 1000).describe('and at most so many people.'),
    joinMutedPeople: int(1, 5000).describe(
      'In a room with more people than this, whoever comes in stays muted at first,',
    ),
    backJoinMutedPeople: int(1, 5000).describe('until there are at most so many again.'),
    stagePeople: int(1, 5000).describe(
      'With more people than this a stage is suggested to moderators,',
    ),
    backStagePeople: int(1, 5000).describe('until there are at most so many again.'),
    listenersPerRouter: int(1, 10_000).describe(
      'A room with slots opens a router on another worker when one has so many listeners,',
    ),
    spreadLoad: share.describe('or when its worker uses this share of a core, 0 to 1.'),
  }),
  speakers: z.strictObject({
    intervalMs: ms(250, 5000).describe('How often levels are measured, ms.'),
    thresholdDbov: int(-127, 0).describe('Level above which somebody speaks, dBov.'),
    maxEntries: int(1, 8).describe('Largest set of speakers.'),
    holdMs: ms(0, 10_000).describe(
      'How long somebody counts as speaking after the last sound, ms.',
    ),
    repeatMs: ms(100, 2000).describe('How often a non-empty set is repeated, ms.'),
  }),
  signalling: z.strictObject({
    pingIntervalMs: ms(100, 60_000).describe('How often a connection is tested, ms.'),
    pingTimeoutMs: ms(100, 60_000).describe('Silence after a test that means it is lost, ms.'),
    watchMs: ms(50, 60_000).describe(
      'How often connections are looked over for tokens that ended and clients that do not read, ms.',
    ),
    signInMs: ms(100, 60_000).describe('A WebSocket that has not signed in by then is closed, ms.'),
    slowMs: ms(100, 60_000).describe(
      'How long more may wait for a client to read than `limits.queuedMessages` or `queuedBytes`, ms.',
    ),
    maxMessageBytes: int(1024, 1_000_000).describe(
      'A longer message costs its sender the connection.',
    ),
    drainMs: ms(0, 3_600_000).describe(
      'How long rooms and calls go on after SIGTERM or Ctrl-C, unless that comes again, ms; less than your service manager waits before it kills (Docker: 10 s).',
    ),
  }),
  limits: z.strictObject({
    requestsPerSecond: int(1, 100_000).describe('Requests per user, in the long run.'),
    requestBurst: int(1, 100_000).describe('Requests per user, at once.'),
    joinsPer10s: int(1, 100_000).describe('`room:join` per user.'),
    transportsPerMinute: int(1, 100_000).describe('`transport:create` per user.'),
    producersPerMinute: int(1, 100_000).describe('`producer:create` per user.'),
    iceRestartsPerMinute: int(1, 100_000).describe('`transport:restart-ice` per user.'),
    searchesPer10s: int(1, 100_000).describe('`people:list` per user.'),
    wrongPasswordsPerMinute: int(1, 100_000).describe(
      '`room:join` with a wrong password per user.',
    ),
    wrongPasswordsPerMinutePerAddress: int(1, 100_000).describe(
      'The same for all users behind one network address.',
    ),
    chatPer5s: int(1, 100_000).describe('`chat:send` per user.'),
    initiatesPerMinute: int(1, 100_000).describe('`call:initiate` per user.'),
    roomsPerMinute: int(1, 100_000).describe('`room:create` per user.'),
    strikes: int(1, 1000).describe(
      'Seconds with refused requests, of the last ten, that cost the connection.',
    ),
    pendingRequests: int(1, 10_000).describe('Requests of a connection under way at once.'),
    bytesPerSecond: int(1024, 1_000_000_000).describe(
      'What a connection may send, in the long run; more costs it, unread, the connection.',
    ),
    byteBurst: int(65_536, 1_000_000_000).describe('What a connection may send at once, bytes.'),
    queuedMessages: int(1, 1_000_000).describe('Messages that may wait for a client to read.'),
    queuedBytes: int(1024, 1_000_000_000).describe('Bytes that may wait for a client to read.'),
    waitingPerAddress: int(1, 1_000_000).describe(
      'WebSockets of one address that have not signed in yet, at once.',
    ),
    socketsPerUser: int(1, 10_000).describe('Connections of one user at once.'),
    consumersPerParticipant: int(1, 10_000).describe('Tracks that one participant may receive.'),
    connectionsPerMinute: int(1, 1_000_000).describe(
      'Sign-ins and connections per address, in the long run.',
    ),
    connectionBurst: int(1, 1_000_000).describe('Sign-ins and connections per address, at once.'),
  }),
});
export type Settings = z.output<typeof Settings>;

/** Well-known names; every other setting is VECHE_ and its path, like VECHE_ROOMS_GRACE_MS. */
const KNOWN_VARIABLES: Readonly<Record<string, string>> = {
  'http.host': 'HOST',
  'http.port': 'PORT',
  'http.lan': 'LAN',
  'http.allowedOrigins': 'ALLOWED_ORIGINS',
  'data.directory': 'DATA_DIR',
  'log.level': 'LOG_LEVEL',
  'media.workers': 'WORKERS',
  'media.workerBin': 'MEDIASOUP_WORKER_BIN',
  'media.port': 'RTC_PORT',
  'media.listenAddresses': 'LISTEN_ADDRESSES',
  'media.announcedAddress': 'ANNOUNCED_ADDRESS',
};

export interface SettingInfo {
  /** Like `rooms.graceMs`. */
  readonly path: string;
  readonly variable: string;
  readonly about: string;
}

const snake = (path: string): string =>
  path
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase();

/** All settings in order, for the environment and for the README. */
export const settingInfos: readonly SettingInfo[] = Object.entries(Settings.shape).flatMap(
  ([group, { shape }]) =>
    Object.entries(shape).map(([name, schema]): SettingInfo => {
      const path = `${group}.${name}`;
      return {
        path,
        variable: KNOWN_VARIABLES[path] ?? `VECHE_${snake(path)}`,
        about: z.globalRegistry.get(schema)?.description ?? '',
      };
    }),
);
