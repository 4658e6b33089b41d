/** A certificate for the LAN, signed by itself, so that browsers there grant microphones. */
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Tls {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 24 * 3600 * 1000;
/** Browsers take no certificate that is valid for longer than 398 days. */
const VALID_MS = 397 * DAY_MS;
/** One that ends sooner is made anew. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

/** The kept certificate while it fits these addresses; else a new one. */
export const lanCertificate = async (
  directory: string,
  addresses: readonly string[],
  now: number,
): Promise<Tls> => {
  const inMemory = directory === ':memory:';
  const files = { key: join(directory, 'lan.key'), cert: join(directory, 'lan.crt') };
  if (!inMemory && existsSync(files.key) && existsSync(files.cert)) {
    const kept = { key: readFileSync(files.key, 'utf8'), cert: readFileSync(files.cert, 'utf8') };
    if (fits(kept.cert, addresses, now)) return kept;
  }
  const made = await make(addresses, now);
  if (!inMemory) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(files.key, made.key, { mode: 0o600 });
    writeFileSync(files.cert, made.cert);
  }
  return made;
};

const fits = (pem: string, addresses: readonly string[], now: number): boolean => {
  const certificate = new X509Certificate(pem);
  return (
    addresses.every((address) => certificate.checkIP(address) !== undefined) &&
    Date.parse(certificate.validTo) - now > RENEW_BEFORE_MS
  );
};

const make = async (addresses: readonly string[], now: number): Promise<Tls> => {
  const pems = await generate([{ name: 'commonName', value: 'Veche on this network' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A clock of the network may be a little behind ours.
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now - DAY_MS + VALID_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          ...addresses.map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  return { key: pems.private, cert: pems.cert };
};
