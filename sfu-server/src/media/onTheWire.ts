/** mediasoup's values as they travel: JSON has no keys whose value is undefined. */
import { RtpCapabilities, RtpParameters } from '@veche/protocol';
import { generateRouterRtpCapabilities } from 'mediasoup/ortc';
import type * as mediasoup from 'mediasoup/types';
import { mediaCodecs } from './codecs.ts';

const jsonOf = (value: object): unknown => JSON.parse(JSON.stringify(value));

export const rtpParametersOnTheWire = (value: mediasoup.RtpParameters): RtpParameters =>
  RtpParameters.parse(jsonOf(value));

/** What every router has: all are made with the same codecs. */
export const routerRtpCapabilities = (): RtpCapabilities =>
  rtpCapabilitiesOnTheWire(generateRouterRtpCapabilities(structuredClone(mediaCodecs)));

export const rtpCapabilitiesOnTheWire = (value: mediasoup.RtpCapabilities): RtpCapabilities =>
  RtpCapabilities.parse(jsonOf(value));
