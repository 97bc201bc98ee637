/**
 * Hosts on the machine's own loopback, for what needs neither root nor a foreign client. Linux answers on all of 127/8, so
 * each host has an address of its own, and each bench another set: two at once do not meet, nor a client on 127.0.0.1.
 */
import { start } from '../../test/interop/child.js';
import type { Network } from '../../test/interop/netns.js';

export const loopback = (...names: readonly string[]): Network => ({
  hosts: names.map((name, k) => ({
    name, ip4: `127.${77 + k}.${(process.pid >> 8) & 255}.${process.pid & 255}`, ip6: '::1', start: (command) => start(command),
  })),
  remove: () => undefined,
});
