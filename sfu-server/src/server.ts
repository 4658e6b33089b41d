/** Puts the parts together; besides main.ts the only file that knows every one of them. */
import type { User } from '@veche/protocol';
import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import packageInfo from '../package.json' with { type: 'json' };
import { CallService } from './app/callService.ts';
import { Forgetting } from './app/forgetting.ts';
import { PeopleService } from './app/peopleService.ts';
import { PresenceService } from './app/presenceService.ts';
import { RoomService } from './app/roomService.ts';
import { Seats } from './app/seats.ts';
import type { Settings } from './config/settings.ts';
import { openData } from './data.ts';
import { FLOOR_DEFAULTS } from './domain/voiceFloor.ts';
import { createHttpApp, halfOpenLimits } from './http/app.ts';
import { lanCertificate } from './http/certificate.ts';
import { Metrics } from './http/metrics.ts';
import { Recoveries } from './http/recoveries.ts';
import { createTokens } from './identity/tokens.ts';
import { lanAddresses, listenAddresses } from './media/listenInfos.ts';
import { routerRtpCapabilities } from './media/onTheWire.ts';
import { WorkerPool } from './media/workerPool.ts';
import type { WorkerWitness } from './media/workerPool.ts';
import type { Connection } from './signalling/connection.ts';
import { Dispatcher } from './signalling/dispatch.ts';
import { Doorstep } from './signalling/doorstep.ts';
import { createHandlers } from './signalling/handlers.ts';
import { Limiter } from './signalling/limits.ts';
import { LoopTurns } from './signalling/loopTurns.ts';
import { SocketNotifier } from './signalling/notifier.ts';
import { networkAddress } from './signalling/origin.ts';
import { createPasswordTries } from './signalling/passwordTries.ts';
import { Outlets } from './signalling/outlets.ts';
import { createSocketServer, SignallingServer } from './signalling/server.ts';
import { TokenWatch } from './signalling/tokenWatch.ts';
import { Traffic } from './signalling/traffic.ts';
import { passwords } from './storage/passwords.ts';
import { createPeopleStore } from './storage/peopleStore.ts';
import { createRevocationStore } from './storage/revocationStore.ts';
import { createRoomStore } from './storage/roomStore.ts';
import { portError, StartError } from './startError.ts';
import { createIds, systemClock, systemTimers } from './system.ts';

const WEB_DIRECTORY = fileURLToPath(new URL('../../web/dist', import.meta.url));

export interface RunningServer {
  /** Where the page is, the one for this machine first. */
  readonly urls: readonly string[];
  readonly port: number;
  readonly rooms: RoomService;
  readonly calls: CallService;
  readonly pool: WorkerPool;
  /** Of every device that is signed in, at this moment. */
  readonly connections: Iterable<Connection>;
  /** No new people; everyone is told. */
  drain(): void;
  /** Ends every connection, worker and file. */
  close(): Promise<void>;
}

export const startServer = async (settings: Settings, log: Logger): Promise<RunningServer> => {
  const { data, limits } = settings;
  const clock = systemClock;
  const timers = systemTimers;
  const ids = createIds(clock);
  let draining = false;
  const isDraining = (): boolean => draining;

  const {
    database,
    secret,
    calls: callStore,
    interrupted,
    close: closeData,
  } = openData(data.directory);
  const people = createPeopleStore(database);
  const revocations = createRevocationStore(database);
  const tokens = createTokens(secret, settings.tokens);
  const perAddress = new Limiter({
    perSecond: limits.connectionsPerMinute / 60,
    burst: limits.connectionBurst,
  });

  const recoveries = new Recoveries();
  const pool = await startPool(settings, log, recoveries);

  const doorstep = new Doorstep(limits.waitingPerAddress, settings.http.trustProxy);
  const turns = new LoopTurns();
  const io = createSocketServer(settings, doorstep, turns);
  const notifier = new SocketNotifier(io);
  const metrics = new Metrics(
    {
      connections: () => signalling.connectionCount,
      rooms: () => rooms.rooms.length,
      participants: () => rooms.rooms.reduce((sum, room) => sum + room.state.seats.size, 0),
      workers: () => pool.workers.length,
      routers: () => pool.counts.routers,
      transports: () => pool.counts.transports,
      producers: () => pool.counts.producers,
      consumers: () => pool.counts.consumers,
      listener_places: () => pool.placesLeft,
    },
    () => calls.counts,
    () => pool.loads,
    recoveries,
  );
  const presence = new PresenceService({
    people,
    notifier,
    timers,
    log,
    isBusy: (userId) => calls.isBusy(userId),
  });
  const world = {
    media: pool,
    notifier,
    timers,
    clock,
    ids,
    speakers: settings.speakers,
    log,
    witness: recoveries,
  };
  const rooms = new RoomService({
    ...world,
    store: createRoomStore(database),
    passwords,
    passwordTries: createPasswordTries(limits),
    settings: settings.rooms,
    posture: settings.voice,
  });
  const calls: CallService = new CallService({
    ...world,
    store: callStore,
    people,
    interrupted,
    options: settings.calls,
    presenceChanged: (userId) => {
      presence.changed(userId);
    },
    ended: (outcome) => {
      metrics.callEnded(outcome);
    },
  });
  const renamed = (user: User): void => {
    rooms.renamed(user);
    calls.renamed(user);
    signalling.renamed(user);
    presence.changed(user.id);
  };
  const peopleService = new PeopleService({
    people,
    tokens,
    revocations,
    ids,
    clock,
    renamed,
    renewed: (former, identity) => {
      signalling.renewed(former, identity);
    },
    revoked: () => {
      tokenWatch.endRevoked();
    },
  });
  const dispatcher = new Dispatcher({
    handlers: createHandlers({
      rooms,
      calls,
      seats: new Seats(rooms, calls),
      presence,
      notifier,
      clock,
      ids,
      mostConsumers: limits.consumersPerParticipant,
    }),
    limits,
    log,
    cut: (connection, reason) => {
      signalling.disconnect(connection, reason);
    },
    answered: (name, outcome, ms, userId) => {
      metrics.answered(name, outcome, ms);
      if (name === 'transport:restart-ice' && outcome === 'ok') {
        log.info({ userId }, 'ICE restarted');
        recoveries.iceRestarted();
      }
    },
  });
  const traffic = new Traffic({
    limits: { ...limits, slowMs: settings.signalling.slowMs },
    timers,
    everyMs: settings.signalling.watchMs,
    end: (line, reason) => {
      signalling.endLine(line, reason);
    },
  });
  const signalling = new SignallingServer(io, notifier, dispatcher, {
    people: peopleService,
    presence,
    rooms,
    calls,
    clock,
    settings,
    log,
    welcome: {
      serverVersion: packageInfo.version,
      bootId: randomUUID(),
      routerRtpCapabilities: routerRtpCapabilities(),
    },
    perAddress,
    isDraining,
    witness: recoveries,
    doorstep,
    traffic,
    outlets: new Outlets(),
    turns,
  });

  const tokenWatch = new TokenWatch({
    connections: () => notifier.connections,
    revocations,
    clock,
    timers,
    log,
    everyMs: settings.signalling.watchMs,
    skewMs: settings.tokens.skewMs,
    end: (connection, reason) => {
      signalling.disconnect(connection, reason);
    },
    expelRevoked: () => {
      signalling.expelRevoked();
    },
  });

  const forgetting = new Forgetting({
    people,
    clock,
    timers,
    everyMs: settings.tokens.forgetEveryMs,
    log,
  });

  const app = await createHttpApp({
    people: peopleService,
    perAddress,
    networkAddress: (request) => networkAddress(request, settings.http.trustProxy),
    trouble: () => (draining ? 'the server is going down' : pool.trouble),
    metrics: () => metrics.read(),
    webDirectory: WEB_DIRECTORY,
    trustProxy: settings.http.trustProxy,
    requestMs: settings.http.requestMs,
    log,
  });
  const closeAll = async (): Promise<void> => {
    // While people can still be told.
    calls.close();
    tokenWatch.close();
    forgetting.close();
    traffic.close();
    // socket.io and Fastify would wait for every connection, also for those that browsers open ahead
    // of a request that never comes.
    for (const server of [app.server, ...lanServers]) {
      server.close();
      server.closeAllConnections();
    }
    await signalling.close();
    await app.close();
    rooms.close();
    await pool.close();
    closeData();
  };
  const lanServers: HttpServer[] = [];
  signalling.attach(app.server);
  try {
    const { host } = settings.http;
    await app.listen({ host, port: settings.http.port }).catch((error: unknown) => {
      throw portError(error, host, settings.http.port, 'PORT');
    });
    const { port } = addressOf(app.server);
    const urls = [`http://${shown(settings.http.host)}:${port}`];
    if (settings.http.lan) {
      const addresses = lanAddresses();
      const tls = await lanCertificate(data.directory, addresses, clock.now());
      for (const address of addresses) {
        const server = createHttps(
          { ...tls, ...halfOpenLimits(settings.http.requestMs) },
          (request, response) => {
            app.routing(request, response);
          },
        );
        signalling.attachMore(server);
        await listen(server, address, port);
        lanServers.push(server);
        urls.push(`https://${address}:${port}`);
      }
    }
    return {
      urls,
      port,
      rooms,
      calls,
      pool,
      get connections() {
        return notifier.connections;
      },
      drain: () => {
        draining = true;
        rooms.drain();
        calls.drain();
        signalling.announceDrain(settings.signalling.drainMs);
      },
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
};

const startPool = async (
  { media, speakers, voice }: Settings,
  log: Logger,
  witness: WorkerWitness,
): Promise<WorkerPool> => {
  if (media.workerBin === '') {
    throw new StartError('There is no mediasoup-worker: start with `npm start`, which gets one.');
  }
  try {
    accessSync(media.workerBin, constants.X_OK);
  } catch {
    throw new StartError(`MEDIASOUP_WORKER_BIN: ${media.workerBin} is not a program that can run.`);
  }
  // The wrapper that starts a worker takes the program from the environment.
  process.env['MEDIASOUP_WORKER_BIN'] = media.workerBin;
  const addresses = listenAddresses(media.listenAddresses, media.announcedAddress);
  try {
    return await WorkerPool.create({
      time: { ...systemClock, ...systemTimers },
      workers: media.workers === 0 ? availableParallelism() : media.workers,
      port: media.port,
      addresses,
      observer: speakers,
      floor: { ...FLOOR_DEFAULTS, slots: voice.slots },
      placement: { ...voice, maxLoad: media.maxLoad },
      transports: media,
      sampleMs: media.sampleMs,
      bitrates: media,
      log,
      witness,
    });
  } catch (error) {
    const where = addresses.map(({ ip }) => ip).join(', ');
    throw new StartError(
      `The media workers cannot start on ${where}, ports from ${media.port} (RTC_PORT, LISTEN_ADDRESSES): ${String(error)}`,
      { cause: error },
    );
  }
};

const shown = (host: string): string =>
  host === '127.0.0.1' || host === '::1' ? 'localhost' : host;

const addressOf = (server: HttpServer): AddressInfo => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  return address;
};

const listen = (server: HttpServer, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
