/** mediasoup's values as they travel: JSON has no keys whose value is undefined. */
import { RtpCapabilities, RtpParameters } from '@veche/protocol';
import type * as mediasoup from 'mediasoup/types';

const jsonOf = (value: object): unknown => JSON.parse(JSON.stringify(value));

export const rtpParametersOnTheWire = (value: mediasoup.RtpParameters): RtpParameters =>
  RtpParameters.parse(jsonOf(value));

export const rtpCapabilitiesOnTheWire = (value: mediasoup.RtpCapabilities): RtpCapabilities =>
  RtpCapabilities.parse(jsonOf(value));
