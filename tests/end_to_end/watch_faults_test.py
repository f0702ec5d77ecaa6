#!/usr/bin/env python3
"""`mogura watch` when the world around it fails: receivers that are down, a full disk, SIGKILL. Nothing is corrupt, nothing is lost uncounted."""

import ctypes
import http.server
import json
import os
import random
import socket
import sqlite3
import subprocess
import threading
import time

import harness
from live_network import PATIENCE_S, Watch
from pcapgen import pcap_bytes
from watch_test import InFolder, page, ssh_tunnel

CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x00020000, 0x4000, 0x40000


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ids(alerts):
    """Each as often as it came."""
    return sorted(alert["alert_id"] for alert in alerts)


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"did not come: {what}")


class Receiver:
    """A webhook receiver that keeps what it was sent."""

    def __init__(self, port):
        received = self.received = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class SyslogServer:
    """Takes octet-counted messages (RFC 6587) and keeps them."""

    def __init__(self, port):
        self.messages = []
        self.listener = socket.create_server(("127.0.0.1", port), reuse_port=True)
        self.connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection):
        with connection.makefile("rb") as stream:
            try:
                while length := b"".join(iter(lambda: stream.read(1), b" ")) if stream.peek(1) else b"":
                    self.messages.append(stream.read(int(length)))
            except OSError:
                return

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            connection.shutdown(socket.SHUT_RDWR)
            connection.close()


class Piped(InFolder):
    """A watch that reads what the test writes."""

    def watch(self, *arguments):
        watch = Watch("-r", "-", "--patterns", self.patterns, *arguments, stdin=subprocess.PIPE)
        self.addCleanup(watch.__exit__)
        watch.process.stdin.write(pcap_bytes([]))
        watch.process.stdin.flush()
        return watch

    @staticmethod
    def feed(watch, *conversations):
        packets = [packet for talk in conversations for packet in talk.packets]
        watch.process.stdin.write(pcap_bytes(packets)[24:])
        watch.process.stdin.flush()


class Receivers(Piped):
    def test_a_webhook_that_is_down_for_a_while_gets_every_alert_once(self):
        with socket.create_server(("127.0.0.1", 0)) as down:  # takes a connection and gives no answer
            port = down.getsockname()[1]
            down.settimeout(PATIENCE_S)
            watch = self.watch("--webhook", f"http://127.0.0.1:{port}/alerts")
            self.feed(watch, *(ssh_tunnel(40000 + n) for n in range(5)))
            for _ in range(5):
                watch.wait_for_alert()
            down.accept()[0].close()
        receiver = Receiver(port)
        self.addCleanup(receiver.close)
        wait_until(lambda: len(receiver.received) == 5, "the alerts of the time before")
        self.feed(watch, ssh_tunnel(40010))
        wait_until(lambda: len(receiver.received) == 6, "an alert of the time after")
        self.assertEqual(watch.stop(), 0)
        self.assertEqual(ids(receiver.received), ids(watch.alerts))
        sink = next(sink for sink in watch.end["sinks"] if sink["name"] == "webhook")
        self.assertEqual((sink["delivered"], sink["lost"]), (len(watch.alerts), 0))
        self.assertGreaterEqual(sink["retries"], 1)

    def test_what_a_webhook_did_not_take_is_delivered_by_the_next_run(self):
        port = free_port()
        spool = self.folder / "spool"
        arguments = ("--webhook", f"http://127.0.0.1:{port}/alerts", "--webhook-spool", spool)
        watch = self.watch(*arguments)
        self.feed(watch, ssh_tunnel(40001), ssh_tunnel(40002))
        watch.wait_for_alert()
        watch.wait_for_alert()
        watch.stop()
        receiver = Receiver(port)
        self.addCleanup(receiver.close)
        later = self.watch(*arguments)
        wait_until(lambda: len(receiver.received) >= len(watch.alerts), "the spooled alerts")
        self.assertEqual(later.stop(), 0)
        self.assertEqual(ids(receiver.received), ids(watch.alerts))

    def test_a_webhook_that_never_comes_back_does_not_hold_up_the_end(self):
        watch = self.watch("--webhook", f"http://127.0.0.1:{free_port()}/alerts")
        self.feed(watch, ssh_tunnel(40001))
        watch.wait_for_alert()
        start = time.monotonic()
        self.assertEqual(watch.stop(), 0)
        self.assertLess(time.monotonic() - start, 10)
        sink = next(sink for sink in watch.end["sinks"] if sink["name"] == "webhook")
        self.assertEqual((sink["accepted"], sink["delivered"], sink["lost"]), (len(watch.alerts), 0, len(watch.alerts)))

    def test_a_syslog_server_that_is_restarted(self):
        port = free_port()
        server = SyslogServer(port)
        watch = self.watch("--syslog", f"tcp://127.0.0.1:{port}")
        self.feed(watch, *(ssh_tunnel(40000 + n) for n in range(3)))
        wait_until(lambda: len(server.messages) == 3, "messages to the first server")
        server.close()
        time.sleep(0.2)
        self.feed(watch, *(ssh_tunnel(40100 + n) for n in range(3)))
        for _ in range(6):
            watch.wait_for_alert()
        server = SyslogServer(port)
        self.addCleanup(server.close)
        wait_until(lambda: len(server.messages) == 3, "messages to the second server")
        self.assertEqual(watch.stop(), 0)
        self.assertIn(b"mogura", server.messages[0])
        sink = next(sink for sink in watch.end["sinks"] if sink["name"] == "syslog")
        self.assertEqual((sink["accepted"], sink["delivered"], sink["lost"]), (len(watch.alerts), len(watch.alerts), 0))


class FullDisk(Piped):
    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        libc = ctypes.CDLL(None, use_errno=True)
        if os.getuid() != 0 or libc.unshare(CLONE_NEWNS) != 0 or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) != 0:
            self.skipTest("no permission to mount a small disk")
        if libc.mount(b"none", str(self.disk).encode(), b"tmpfs", 0, b"size=1m") != 0:
            self.skipTest("a small disk cannot be mounted")
        self.addCleanup(lambda: libc.umount2(str(self.disk).encode(), 2))

    def test_alerts_go_on_and_so_does_the_database_when_there_is_room(self):
        database = self.disk / "watch.db"
        (self.disk / "filler").write_bytes(b"x" * 600_000)
        watch = self.watch("--db", database, "--stats-interval", "1")
        for round_number in range(4):
            self.feed(watch, *(page(20000 + round_number * 1000 + n) for n in range(1000)))
        self.feed(watch, ssh_tunnel(40001))
        self.assertEqual(watch.wait_for_alert()["pattern_id"], "ssh")
        self.feed(watch, ssh_tunnel(40002).wait(120).close())
        watch.wait_for_note("is counted")
        (self.disk / "filler").unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", self.disk], check=True)
        watch.wait_for_note("can be written again")
        self.feed(watch, ssh_tunnel(40003))
        self.assertEqual(watch.stop(), 0)
        database_counters = watch.end["db"]
        self.assertGreaterEqual(database_counters["failed_writes"], 1)
        with sqlite3.connect(database) as connection:
            self.assertEqual(connection.execute("PRAGMA integrity_check").fetchone(), ("ok",))
            kept = connection.execute("SELECT count(*) FROM sessions").fetchone()[0]
            self.assertEqual(connection.execute("SELECT count(*) FROM alerts").fetchone()[0], len(watch.alerts))
        self.assertEqual(kept + database_counters["lost"], watch.end["sessions"])


class Killed(InFolder):
    def test_fifty_times_at_random_moments(self):
        """The same capture again and again, each time killed: every alert comes, and not much more than once."""
        database, alerts = self.folder / "watch.db", self.folder / "alerts.json"
        talks = [ssh_tunnel(20000 + n).close() for n in range(300)] + [page(30000 + n) for n in range(2000)]
        path = self.capture([packet for talk in talks for packet in talk.packets])
        command = [harness.MOGURA, "watch", "-r", path, "--patterns", self.patterns, "--db", database, "--alerts", alerts, "--quiet"]
        dice = random.Random(7)
        for _ in range(50):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(dice.uniform(0, 0.15))
            process.kill()
            process.wait()
        done = subprocess.run(command, capture_output=True, check=False, timeout=harness.TIMEOUT_S)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        lines = [json.loads(line) for line in alerts.read_text().splitlines()]
        pattern_alerts = [line["alert_id"] for line in lines if line["kind"] == "pattern"]
        self.assertEqual(len(set(pattern_alerts)), 300)
        with sqlite3.connect(database) as connection:
            self.assertEqual(connection.execute("PRAGMA integrity_check").fetchone(), ("ok",))
            known = {row[0] for row in connection.execute("SELECT alert_id FROM alerts")}
            self.assertEqual(connection.execute("SELECT count(*) FROM sessions").fetchone()[0], len(talks))
        self.assertEqual(set(line["alert_id"] for line in lines) - known, set())
        again = subprocess.run(command, capture_output=True, check=False, timeout=harness.TIMEOUT_S)
        self.assertEqual(again.returncode, 0)
        self.assertEqual(len(alerts.read_text().splitlines()), len(lines), "what is known is not sent again")


if __name__ == "__main__":
    harness.main()
