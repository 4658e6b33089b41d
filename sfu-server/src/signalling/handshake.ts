/** Who may connect: protocol version, token and quotas, checked before a socket exists for us. */
import { HandshakeAuth, SUPPORTED_PROTOCOLS } from '@veche/protocol';
import type { ConnectRefusal, DeviceId, User } from '@veche/protocol';
import type { PeopleService } from '../app/peopleService.ts';
import type { PresenceService } from '../app/presenceService.ts';
import { Refusal } from '../domain/refusal.ts';

export interface HandshakeParts {
  readonly people: PeopleService;
  readonly presence: PresenceService;
  readonly socketsPerUser: number;
  readonly isDraining: () => boolean;
}

export interface SignedIn {
  readonly user: User;
  readonly deviceId: DeviceId;
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
    const { code, message } = error;
    const protocols = code === 'UNSUPPORTED_VERSION' ? { protocols: [...SUPPORTED_PROTOCOLS] } : {};
    throw new ConnectError({ code, message, ...protocols });
  }
};

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([k]) => k === key)?.[1]
    : undefined;

const check = async (
  auth: unknown,
  { people, presence, socketsPerUser, isDraining }: HandshakeParts,
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
  const user = await people.identify(token);
  const others = presence.devicesOf(user.id).filter((device) => device !== deviceId);
  if (others.length >= socketsPerUser) {
    throw new Refusal('RATE_LIMITED', `you are connected ${socketsPerUser} times already`);
  }
  return { user, deviceId };
};
