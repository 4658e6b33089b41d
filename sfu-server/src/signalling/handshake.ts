/** Who may connect: protocol version, token and quotas, checked before a socket exists for us. */
import { HandshakeAuth, SUPPORTED_PROTOCOLS } from '@veche/protocol';
import type { ConnectRefusal, DeviceId } from '@veche/protocol';
import type { PeopleService } from '../app/peopleService.ts';
import type { Identity } from '../app/ports.ts';
import type { PresenceService } from '../app/presenceService.ts';
import { Refusal } from '../domain/refusal.ts';

export interface HandshakeParts {
  readonly people: PeopleService;
  readonly presence: PresenceService;
  readonly socketsPerUser: number;
  readonly isDraining: () => boolean;
  /** Where it comes from. */
  readonly networkAddress: string;
}

export interface SignedIn {
  readonly identity: Identity;
  readonly deviceId: DeviceId;
  readonly networkAddress: string;
}

/** The error that socket.io hands to the client as `connect_error`. */
export class ConnectError extends Error {
  readonly data: ConnectRefusal;

  constructor(data: ConnectRefusal) {
    super(data.message);
    this.data = data;
  }
}

/** @throws ConnectError */
export const signIn = async (auth: unknown, parts: HandshakeParts): Promise<SignedIn> => {
  try {
    return await check(auth, parts);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, reason } = error;
    const protocols = code === 'UNSUPPORTED_VERSION' ? { protocols: [...SUPPORTED_PROTOCOLS] } : {};
    const why = reason === undefined ? {} : { reason };
    throw new ConnectError({ code, message, ...why, ...protocols });
  }
};

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([k]) => k === key)?.[1]
    : undefined;

const check = async (
  auth: unknown,
  { people, presence, socketsPerUser, isDraining, networkAddress }: HandshakeParts,
): Promise<SignedIn> => {
  if (isDraining()) throw new Refusal('UNAVAILABLE', 'the server is going down');
  // The version first: another version may have another idea of everything else.
  const protocol = field(auth, 'protocol');
  if (typeof protocol !== 'number' || !SUPPORTED_PROTOCOLS.includes(protocol)) {
    throw new Refusal(
      'UNSUPPORTED_VERSION',
      `protocol: this server speaks ${SUPPORTED_PROTOCOLS.join(', ')}`,
    );
  }
  if (typeof field(auth, 'token') !== 'string') {
    throw new Refusal('UNAUTHENTICATED', 'token: missing; sign in first');
  }
  const parsed = HandshakeAuth.safeParse(auth);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Refusal('BAD_REQUEST', `${issue?.path.join('.') ?? 'auth'}: ${issue?.message ?? ''}`);
  }
  const { token, deviceId } = parsed.data;
  const identity = await people.identify(token);
  const others = presence.devicesOf(identity.user.id).filter((device) => device !== deviceId);
  if (others.length >= socketsPerUser) {
    throw new Refusal('RATE_LIMITED', `you are connected ${socketsPerUser} times already`);
  }
  return { identity, deviceId, networkAddress };
};
