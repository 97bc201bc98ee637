/**
 * Peer ids (BEP 20): 20 bytes. Ours is Azureus style, `-AR0100-` and 12 random letters and digits. For people, the
 * client and version of others' ids: Azureus style `-XX1234-`, Shadow style `S58B-----`, and Mainline's `M7-9-2--`. An
 * id is a claim, so the name is only ever shown.
 */
import { peerId, type PeerId } from '../base/brand.js';
import { toHex, toUtf8 } from '../base/bytes.js';
import type { Random } from '../base/random.js';
import { toLatin1 } from './raw.js';

export const OWN_PREFIX = '-AR0100-';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function makePeerId(random: Random): PeerId {
  const tail = Array.from({ length: 12 }, () => ALPHABET[random.below(ALPHABET.length)]!).join('');
  return peerId(toHex(toUtf8(OWN_PREFIX + tail)));
}

/** E.g. `Transmission 3.00`, `libtorrent 2.0.8`; an unknown code shows as it is, and what has no form as `unknown`. */
export function clientName(id: Uint8Array): string {
  const text = toLatin1(id.subarray(0, 20));
  return azureus(text) ?? mainline(text) ?? shadow(text) ?? 'unknown';
}

function azureus(text: string): string | undefined {
  const [, code, version] = /^-([A-Za-z~][A-Za-z0-9~])([0-9A-Za-z.]{4})-/.exec(text) ?? [];
  if (code === undefined || version === undefined) return undefined;
  return `${AZUREUS[code] ?? `unknown client ${code}`} ${versionOf(code, version)}`;
}

/** Four digits of base 36, mostly major, minor, patch and one that is left out when zero. */
function versionOf(code: string, version: string): string {
  const digits = [...version].map((c) => Number.parseInt(c, 36) || 0);
  const [major, minor, patch, build] = digits as [number, number, number, number];
  // Transmission wrote 2.94 as 2940 until, with 4.0, it went the way of the others.
  if (code === 'TR' && major < 4) return `${major}.${minor}${patch}`;
  // WebTorrent has two decimal digits each for major and minor.
  if (code === 'WW' || code === 'WD') return `${10 * major + minor}.${10 * patch + build}`;
  return [major, minor, patch, ...(build === 0 ? [] : [build])].join('.');
}

function mainline(text: string): string | undefined {
  const [, major, minor, patch] = /^M(\d{1,2})-(\d{1,2})-(\d{1,2})-/.exec(text) ?? [];
  return major === undefined ? undefined : `BitTorrent ${major}.${minor}.${patch}`;
}

function shadow(text: string): string | undefined {
  const [, code, version] = /^([A-Z])([0-9A-Za-z.]{1,5})-+/.exec(text) ?? [];
  const name = code === undefined ? undefined : SHADOW[code];
  if (name === undefined || version === undefined) return undefined;
  return `${name} ${[...version].map((c) => SHADOW_DIGITS.indexOf(c)).join('.')}`;
}
const SHADOW_DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.';

const SHADOW: { readonly [code: string]: string | undefined } = {
  A: 'ABC',
  O: 'Osprey Permaseed',
  Q: 'BTQueue',
  R: 'Tribler',
  S: 'Shadow',
  T: 'BitTornado',
  U: 'UPnP NAT Bit Torrent',
};

const AZUREUS: { readonly [code: string]: string | undefined } = {
  AG: 'Ares', AR: 'actorrent', AT: 'Artemis', AX: 'BitPump', AZ: 'Vuze', BB: 'BitBuddy', BC: 'BitComet', BF: 'BitFlu',
  BG: 'BTG', BI: 'BiglyBT', BR: 'BitRocket', BT: 'BitTorrent', BW: 'BitWombat', CD: 'Enhanced CTorrent', CT: 'CTorrent',
  DE: 'Deluge', FD: 'Free Download Manager', FL: 'Flud', FW: 'FrostWire', FX: 'Freebox', GT: 'go-torrent', HL: 'Halite',
  JT: 'JavaTorrent', KG: 'KGet', KT: 'KTorrent', LP: 'Lphant', LT: 'libtorrent', LW: 'LimeWire', MG: 'MediaGet',
  MR: 'Miro', PC: 'CacheLogic', PI: 'PicoTorrent', QD: 'QQDownload', RN: 'rain', RT: 'Retriever', RZ: 'RezTorrent',
  SD: 'Xunlei', SS: 'SwarmScope', ST: 'SymTorrent', SZ: 'Shareaza', TB: 'Torch', TL: 'Tribler', TN: 'Torrent.NET',
  TR: 'Transmission', TS: 'Torrentstorm', TT: 'TuoTu', TX: 'Tixati', UE: 'uTorrent Embedded', UL: 'uLeecher!',
  UM: 'uTorrent Mac', UT: 'uTorrent', UW: 'uTorrent Web', WD: 'WebTorrent Desktop', WT: 'BitLet', WW: 'WebTorrent',
  XL: 'Xunlei', XT: 'XanTorrent', ZT: 'ZipTorrent', lt: 'rTorrent', qB: 'qBittorrent', rQ: 'rqbit', sB: 'sharktorrent',
};
