/** Janus as a process in a network of our own: its configuration and its start; it ends with that. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../test/support/wait.ts';
import { JanusSession } from './api.ts';
import type { JanusProgram } from './program.ts';

/** Nobody else sees it, and it is gone with us. */
const FOLDER = '/run/veche-janus';
const PORT = 8188;
const URL = `ws://127.0.0.1:${PORT}`;
export const ROOM = 1;
const STARTED_WITHIN_MS = 20_000;

const PLUGIN = 'libjanus_videoroom.so';
const TRANSPORT = 'libjanus_websockets.so';

/** As packaged, but for what is not used here and what it would write. */
const configuration = ({ plugins, transports }: JanusProgram) => ({
  'janus.jcfg': `
general: {
  configs_folder = "${FOLDER}"
  plugins_folder = "${plugins}"
  transports_folder = "${transports}"
  events_folder = "${FOLDER}"
  loggers_folder = "${FOLDER}"
  debug_level = 2
  session_timeout = 0
}
nat: { ice_lite = true, full_trickle = false }
plugins: { disable = "${others(plugins, PLUGIN)}" }
transports: { disable = "${others(transports, TRANSPORT)}" }
`,
  'janus.transport.websockets.jcfg': `
general: { json = "compact", ws = true, ws_port = ${PORT}, ws_interface = "lo", wss = false }
`,
  'janus.plugin.videoroom.jcfg': `
room-${ROOM}: {
  description = "bench"
  publishers = 100
  audiocodec = "opus"
  audiolevel_event = false
  notify_joining = false
}
`,
});

const others = (folder: string, used: string): string =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.so') && name !== used)
    .join(',');

export interface JanusProcess {
  readonly pid: number;
  readonly session: JanusSession;
}

/** @param core for taskset; null: any */
export const startJanus = async (
  program: JanusProgram,
  core: string | null,
): Promise<JanusProcess> => {
  mkdirSync(FOLDER);
  for (const [name, text] of Object.entries(configuration(program))) {
    writeFileSync(join(FOLDER, name), text);
  }
  const command = [program.path, '--configs-folder', FOLDER];
  const [file = '', ...args] = core === null ? command : ['taskset', '-c', core, ...command];
  const child = spawn(file, args, {
    env: { ...process.env, LD_LIBRARY_PATH: program.libraries },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => (said = (said + String(data)).slice(-4000)));
  }
  const session = await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`Janus ended; it said: ${said}`);
      return JanusSession.open(URL).catch(() => null);
    },
    () => `Janus is up; it said: ${said}`,
    STARTED_WITHIN_MS,
  );
  return { pid: child.pid ?? 0, session };
};
