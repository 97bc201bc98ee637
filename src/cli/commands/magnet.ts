/** `magnet FILE`: prints the magnet link of a torrent. */
import { formatMagnet } from '../../protocol/magnet.js';
import type { Metainfo } from '../../protocol/metainfo.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { loadTorrent } from '../torrent-source.js';

export const magnet = defineCommand({
  name: 'magnet',
  group: 'Torrents',
  summary: 'prints the magnet link of a torrent',
  args: 'TORRENT',
  arity: { least: 1, most: 1 },
  options: {},
  async run({ args: [source = ''], io }) {
    io.print(magnetOf(await loadTorrent(source)));
    return EXIT.done;
  },
});

export const magnetOf = ({ infoHash, name, trackers, webSeeds }: Metainfo): string =>
  formatMagnet({ infoHash, name, trackers: trackers.flat(), peers: [], webSeeds });
