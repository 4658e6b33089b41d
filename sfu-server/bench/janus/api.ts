/** Janus's API over a WebSocket (https://janus.conf.meetecho.com/docs/rest.html#WS). */
import * as z from 'zod';

const KEEP_ALIVE_MS = 20_000;

const Jsep = z.object({ type: z.enum(['offer', 'answer']), sdp: z.string() });
export type Jsep = z.output<typeof Jsep>;

const Message = z.object({
  janus: z.string(),
  transaction: z.exactOptional(z.string()),
  error: z.exactOptional(z.object({ reason: z.string() })),
  data: z.exactOptional(z.object({ id: z.number() })),
  plugindata: z.exactOptional(z.object({ data: z.record(z.string(), z.unknown()) })),
  jsep: z.exactOptional(Jsep),
});
type Message = z.output<typeof Message>;

export class JanusSession {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, PromiseWithResolvers<Message>>();
  #id = 0;
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      this.#answer(Message.parse(JSON.parse(String(data))));
    });
    setInterval(() => {
      this.#send({ janus: 'keepalive', session_id: this.#id });
    }, KEEP_ALIVE_MS).unref();
  }

  static async open(url: string): Promise<JanusSession> {
    const socket = new WebSocket(url, 'janus-protocol');
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`nothing answers at ${url}`)));
    });
    const session = new JanusSession(socket);
    session.#id = idIn(await session.#request({ janus: 'create' }));
    return session;
  }

  /** A handle at the plugin of video rooms: one WebRTC connection. */
  async attach(): Promise<JanusHandle> {
    const session = { session_id: this.#id };
    const plugin = 'janus.plugin.videoroom';
    const handle = idIn(await this.#request({ janus: 'attach', ...session, plugin }));
    return {
      ask: async (body, jsep) => {
        const request = { janus: 'message', ...session, handle_id: handle, body };
        const answer = await this.#request(jsep ? { ...request, jsep } : request);
        const data = answer.plugindata?.data ?? {};
        if ('error' in data) throw new Error(`Janus refuses: ${JSON.stringify(data)}`);
        return { data, ...(answer.jsep ? { jsep: answer.jsep } : {}) };
      },
    };
  }

  #request(message: object): Promise<Message> {
    const waiting = Promise.withResolvers<Message>();
    this.#waiting.set(this.#send(message), waiting);
    return waiting.promise;
  }

  /** @returns what its answer is known by */
  #send(message: object): string {
    const transaction = String(++this.#last);
    this.#socket.send(JSON.stringify({ ...message, transaction }));
    return transaction;
  }

  #answer(message: Message): void {
    const { transaction = '', error } = message;
    // The answer to a plugin's request comes later.
    if (message.janus === 'ack') return;
    const waiting = this.#waiting.get(transaction);
    this.#waiting.delete(transaction);
    if (error) waiting?.reject(new Error(`Janus refuses: ${error.reason}`));
    else waiting?.resolve(message);
  }
}

export interface JanusHandle {
  /** A request to the plugin, and its answer. */
  ask(body: object, jsep?: Jsep): Promise<{ data: Record<string, unknown>; jsep?: Jsep }>;
}

const idIn = ({ data }: Message): number => {
  if (!data) throw new Error('Janus answers without an id');
  return data.id;
};
