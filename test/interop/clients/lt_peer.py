#!/usr/bin/python3
"""One libtorrent peer with one torrent, over TCP only; DHT, LSD, PEX, UPnP, NAT-PMP, uTP and encryption are off.

argv[1] is JSON: {torrent (a file or a magnet link), folder, listen: "10.77.0.2:6881" or "[fd77::2]:6881", peers: [[host, port]],
upLimit, downLimit (bytes/s; 0 for none)}. Prints a line of JSON for each event: {"event": "listening" | "checked" |
"accepted" | "tracker" | "status" | "done" | "error"}; "done" once every piece is verified, be it from the start.
SIGTERM flushes, tells the tracker, and ends with 0.
"""
import json
import signal
import sys
import time

import libtorrent as lt

STATUS_SECONDS = 0.5
FLUSH_SECONDS = 10
UNCHOKE_SECONDS = 2  # 15 by default, which would be most of the time that a test takes

order = json.loads(sys.argv[1])
stopping = False


def stop(_signal, _frame):
    global stopping
    stopping = True


def say(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def status_fields(s):
    return {
        "state": str(s.state), "progress": s.progress, "downloaded": s.total_payload_download,
        "uploaded": s.total_payload_upload, "peers": s.num_peers,
    }


signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)

session = lt.session({
    "listen_interfaces": order["listen"],
    "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
    "enable_incoming_utp": False, "enable_outgoing_utp": False,
    "out_enc_policy": 2, "in_enc_policy": 2,  # pe_disabled
    "min_reconnect_time": 1,
    "unchoke_interval": UNCHOKE_SECONDS,
    "stop_tracker_timeout": 2,
    "alert_mask": lt.alert.category_t.error_notification | lt.alert.category_t.status_notification
    | lt.alert.category_t.tracker_notification | lt.alert.category_t.peer_notification
    | lt.alert.category_t.storage_notification,
})
# By default peers on a local network are neither limited nor choked, and all of ours are local.
session.set_peer_class_filter(lt.ip_filter())

if order["torrent"].startswith("magnet:"):
    params = lt.parse_magnet_uri(order["torrent"])
else:
    params = lt.add_torrent_params()
    params.ti = lt.torrent_info(order["torrent"])
params.save_path = order["folder"]
params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
params.flags |= lt.torrent_flags.disable_pex
params.upload_limit = order.get("upLimit") or -1
params.download_limit = order.get("downLimit") or -1
torrent = session.add_torrent(params)
for host, port in order.get("peers", []):
    torrent.connect_peer((host, port))

done = False
next_status = 0.0
while not stopping:
    session.wait_for_alert(200)
    for alert in session.pop_alerts():
        if isinstance(alert, lt.listen_succeeded_alert):
            say("listening")
        elif isinstance(alert, lt.torrent_checked_alert):
            say("checked")
        elif isinstance(alert, lt.incoming_connection_alert):
            say("accepted")
        elif isinstance(alert, lt.tracker_reply_alert):
            say("tracker", peers=alert.num_peers)
        elif isinstance(alert, (lt.torrent_error_alert, lt.file_error_alert, lt.listen_failed_alert,
                                lt.tracker_error_alert, lt.hash_failed_alert)):
            say("error", message=alert.message())
    status = torrent.status()
    if status.is_seeding and not done:
        done = True
        say("done", **status_fields(status))
    if time.monotonic() >= next_status:
        next_status = time.monotonic() + STATUS_SECONDS
        say("status", **status_fields(status))

torrent.flush_cache()
deadline = time.monotonic() + FLUSH_SECONDS
flushed = False
while not flushed and time.monotonic() < deadline:
    session.wait_for_alert(200)
    flushed = any(isinstance(a, lt.cache_flushed_alert) for a in session.pop_alerts())
say("status", **status_fields(torrent.status()))
del torrent
del session  # says "stopped" to the tracker and waits for it, at most stop_tracker_timeout
