/** PROTOCOL.md, made from the tables so that it cannot lie. */
import * as z from 'zod/mini';
import * as entities from './entities.ts';
import { ERROR_CODES, RefusalReason } from './errors.ts';
import { notices } from './notices.ts';
import { requests } from './requests.ts';
import * as rtp from './rtp.ts';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const DOCUMENTED: readonly (readonly [string, z.ZodMiniType])[] = [
  ['User', entities.User],
  ['Person', entities.Person],
  ['Room', entities.Room],
  ['Participant', entities.Participant],
  ['Track', entities.Track],
  ['Voice', entities.Voice],
  ['Speaker', entities.Speaker],
  ['ChatMessage', entities.ChatMessage],
  ['Call', entities.Call],
  ['Snapshot', entities.Snapshot],
  ['RtpParameters', rtp.RtpParameters],
  ['RtpCapabilities', rtp.RtpCapabilities],
  ['IceParameters', rtp.IceParameters],
  ['IceCandidate', rtp.IceCandidate],
  ['DtlsParameters', rtp.DtlsParameters],
];

const schemaOf = (type: z.ZodMiniType): Json => {
  const schema: unknown = z.toJSONSchema(type, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  });
  if (!isObject(schema)) throw new Error('not a schema');
  delete schema['$schema'];
  return schema;
};

/** Names of the documented shapes, by their schema. */
const names = new Map(DOCUMENTED.map(([name, type]) => [JSON.stringify(schemaOf(type)), name]));

const bounds = (schema: Json, low: string, high: string): string => {
  const min = schema[low];
  const max = schema[high];
  const shown = (value: unknown): string =>
    typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? String(value) : '';
  const range = `${shown(min)}…${shown(max)}`;
  return range === '…' ? '' : `(${range})`;
};

/** A schema as a short TypeScript-like text. */
const shape = (schema: unknown, top = false): string => {
  if (!isObject(schema)) return 'any';
  const name = top ? undefined : names.get(JSON.stringify(schema));
  if (name !== undefined) return name;
  if ('const' in schema) return JSON.stringify(schema['const']);
  if ('enum' in schema)
    return list(schema['enum'])
      .map((it) => JSON.stringify(it))
      .join(' | ');
  const union = list(schema['anyOf']);
  if (union.length > 0) return union.map((it) => shape(it)).join(' | ');
  switch (schema['type']) {
    case 'object':
      return objectShape(schema);
    case 'array': {
      const inner = shape(schema['items']);
      return `${inner.includes(' | ') ? `(${inner})` : inner}[]${bounds(schema, 'minItems', 'maxItems')}`;
    }
    case 'string':
      return `string${bounds(schema, 'minLength', 'maxLength')}`;
    case 'integer':
      return `int${bounds(schema, 'minimum', 'maximum')}`;
    default:
      return typeof schema['type'] === 'string' ? schema['type'] : 'any';
  }
};

const objectShape = (schema: Json): string => {
  const properties = schema['properties'];
  if (!isObject(properties)) return `{[key]: ${shape(schema['additionalProperties'])}}`;
  const required = new Set(list(schema['required']));
  const fields = Object.entries(properties).map(
    ([key, value]) => `${key}${required.has(key) ? '' : '?'}: ${shape(value)}`,
  );
  return fields.length === 0 ? '{}' : `{${fields.join(', ')}}`;
};

const code = (text: string): string => `\`${text}\``;

/** The whole document. */
export const documentProtocol = (): string => {
  const entityLines = DOCUMENTED.map(
    ([name, type]) => `${code(name)}\n: ${code(shape(schemaOf(type), true))}\n`,
  );
  const requestBlocks = Object.entries(requests).map(([name, { does, payload, data, refuses }]) =>
    [
      `### ${name}`,
      does,
      `- payload ${code(shape(schemaOf(payload)))}`,
      `- data ${code(shape(schemaOf(data)))}`,
      ...(refuses.length > 0 ? [`- refuses with ${refuses.map(code).join(' ')}`] : []),
    ]
      .join('\n\n')
      .replaceAll('\n\n- ', '\n- ')
      .replace('\n- ', '\n\n- '),
  );
  const noticeBlocks = Object.entries(notices).map(
    ([name, { says, payload }]) => `### ${name}\n\n${says}\n\n- ${code(shape(schemaOf(payload)))}`,
  );
  const reasons = RefusalReason.options.map((reason) => `\`${reason}\``).join(', ');
  const codes = Object.entries(ERROR_CODES).map(
    ([name, meaning]) => `| ${code(name)} | ${meaning} |`,
  );
  return (
    [
      '# The wire contract',
      'Made from the tables in `protocol/src` by `npm run docs`. Do not edit.',
      'A **request** goes from client to server and is always acked: `{ok: true, data}` or `{ok: false, error: {code, message, reason?, banMs?}}`, within 4 s. A **notice** goes from server to client and is never acked. Unknown keys are stripped. Fields ending in `Ms` are durations in milliseconds; all other times are epoch milliseconds of the server. Levels are dBov, −127 … 0. Numbers in brackets are bounds: of the value, or of the length of a text or list.',
      '## Signing in',
      '`POST /api/guest` with `{"name"}` answers 201 `{token, user: {id, name}, expiresAt}`; with `Authorization: Bearer <own token>` it renames and returns a fresh token, with which connections of the former go on. `DELETE /api/guest` with the token ends it, and all connections with it. Then connect with socket.io: `io(origin, {transports: [\'websocket\'], auth: {token, deviceId, protocol: 1}})`. A refusal is a `connect_error` whose `data` is `{code, message, protocols?}`; only `UNAVAILABLE` and `RATE_LIMITED` are worth trying again. `deviceId` is random per tab, 8–64 of `[A-Za-z0-9_-]`; the same one again takes over from the older connection.',
      '## Codes',
      ['| code | meaning |', '|---|---|', ...codes].join('\n'),
      `\`reason\` says more where a code stands for several things: ${reasons}; with \`banned\` comes \`banMs\`, how much longer it lasts.`,
      'Every request can also be refused with `BAD_REQUEST`, `RATE_LIMITED`, `UNAVAILABLE` and `INTERNAL`.',
      '## Shapes',
      entityLines.join('\n').trimEnd(),
      '## Requests',
      requestBlocks.join('\n\n'),
      '## Notices',
      noticeBlocks.join('\n\n'),
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  );
};
