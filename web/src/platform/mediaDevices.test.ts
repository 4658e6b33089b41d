import { expect, it, vi } from 'vitest';
import { PluggedDevices } from './mediaDevices.ts';

const device = (kind: MediaDeviceKind, deviceId: string, label = ''): MediaDeviceInfo => ({
  kind,
  deviceId,
  label,
  groupId: '',
  toJSON: () => undefined,
});

function source(devices: MediaDeviceInfo[]) {
  return Object.assign(new EventTarget(), {
    devices,
    enumerateDevices() {
      return Promise.resolve(this.devices);
    },
  });
}

const changed = async (plugged: PluggedDevices): Promise<() => void> => {
  const told = vi.fn();
  const stop = plugged.subscribe(told);
  await vi.waitFor(() => {
    expect(told).toHaveBeenCalled();
  });
  return stop;
};

it('sorts them by kind and leaves out the system’s choice, which is listed twice', async () => {
  const plugged = new PluggedDevices(
    source([
      device('audioinput', 'default', 'Default'),
      device('audioinput', 'usb', 'USB microphone'),
      device('videoinput', 'cam', 'Webcam'),
      device('audiooutput', 'desk', 'Speakers'),
      device('audiooutput', 'communications', 'Communications'),
      device('videoinput', ''),
    ]),
  );
  await changed(plugged);
  expect(plugged.current).toEqual({
    microphones: [{ deviceId: 'usb', label: 'USB microphone' }],
    cameras: [{ deviceId: 'cam', label: 'Webcam' }],
    speakers: [{ deviceId: 'desk', label: 'Speakers' }],
  });
});

it('looks again when one is plugged in, as long as somebody watches', async () => {
  const from = source([]);
  const enumerate = vi.spyOn(from, 'enumerateDevices');
  const plugged = new PluggedDevices(from);
  const stop = await changed(plugged);
  from.devices = [device('videoinput', 'cam')];
  from.dispatchEvent(new Event('devicechange'));
  await vi.waitFor(() => {
    expect(plugged.current.cameras).toHaveLength(1);
  });
  stop();
  from.dispatchEvent(new Event('devicechange'));
  expect(enumerate).toHaveBeenCalledTimes(2);
});

it('has none where the page may not ask', () => {
  const plugged = new PluggedDevices(undefined);
  plugged.subscribe(() => undefined);
  expect(plugged.current).toEqual({ microphones: [], cameras: [], speakers: [] });
});
