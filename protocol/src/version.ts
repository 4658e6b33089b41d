/** Version of the wire contract; the client sends it when it signs in. */
export const PROTOCOL_VERSION = 1;

/** Versions that this server still speaks, best first. */
export const SUPPORTED_PROTOCOLS: readonly number[] = [PROTOCOL_VERSION];
