#!/usr/bin/python3
"""Makes a v1 torrent with libtorrent, and prints what is in it.

argv[1] is JSON: {content, torrent, pieceBytes, trackers: [url]}. Prints JSON: {infoHash, magnet, pieces, files:
[{path, bytes}]}, the files in the torrent's order. Not hybrid or v2: those come with pad files, which the clients differ on.
"""
import json
import os
import sys

import libtorrent as lt

order = json.loads(sys.argv[1])
storage = lt.file_storage()
lt.add_files(storage, order["content"])
torrent = lt.create_torrent(storage, order["pieceBytes"], lt.create_torrent.v1_only)
for tier, url in enumerate(order["trackers"]):
    torrent.add_tracker(url, tier)
lt.set_piece_hashes(torrent, os.path.dirname(order["content"]))
with open(order["torrent"], "wb") as out:
    out.write(lt.bencode(torrent.generate()))

info = lt.torrent_info(order["torrent"])
files = info.files()
json.dump({
    "infoHash": str(info.info_hashes().v1),
    "magnet": lt.make_magnet_uri(info),
    "pieces": info.num_pieces(),
    "files": [{"path": files.file_path(i), "bytes": files.file_size(i)} for i in range(files.num_files())],
}, sys.stdout)
