/** The wire contract between Veche's server and its clients. */
export * from './entities.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './ids.ts';
export * from './notices.ts';
export * from './requests.ts';
export * from './rtp.ts';
export * from './text.ts';
export * from './version.ts';
