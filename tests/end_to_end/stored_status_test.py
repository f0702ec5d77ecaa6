#!/usr/bin/env python3
"""The allow list over findings that earlier runs left in the database: `analyze --db` and `watch --db`."""

import contextlib
import json
import pathlib
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

import harness
from pcapgen import Conversation, pcap_bytes, write_pcap

OK = b"HTTP/1.1 200 OK\r\n\r\n"
START_US = 1_700_000_000_000_000  # 2023-11-14
WAIT_S = 30


def tunnel(host, port=40000, start=START_US):
    """What looks like SSH inside CONNECT: always a finding."""
    request = b"CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\nUser-Agent: probe/1\r\n\r\n" % (host, host)
    talk = Conversation(client=("192.0.2.10", port), start=start).open().up(request).down(OK)
    for _ in range(12):
        talk.up(b"SSH-2.0-probe\r\n").down(b"SSH-2.0-answer\r\n")
    return talk.close()


class WithDatabase(unittest.TestCase):
    def setUp(self):
        keeper = tempfile.TemporaryDirectory()
        self.addCleanup(keeper.cleanup)
        self.folder = pathlib.Path(keeper.name)
        self.database = self.folder / "mogura.db"
        self.first = self.capture("first.pcap", tunnel(b"first.example"))
        self.second = self.capture("second.pcap", tunnel(b"second.example", 40001, START_US + 86_400_000_000))

    def capture(self, name, conversation):
        path = self.folder / name
        write_pcap(path, conversation.packets)
        return path

    def allow(self, entry):
        path = self.folder / "allow.toml"
        path.write_text("format = 1\n" + (f'[[allow]]\nowner = "net team"\n{entry}\n' if entry else ""))
        return path

    def run_on(self, capture, *options, command="analyze"):
        files = ("-r", capture) if command == "watch" else (capture,)
        done = harness.run(command, "--quiet", "--db", self.database, *options, *files)
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def stored(self, host="first.example"):
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            row = database.execute("SELECT status, score, is_current, line FROM findings WHERE destination = ?",
                                   (f"{host}:443",)).fetchone()  # fmt: skip
        status, score, is_current, line = row
        finding = json.loads(line)
        self.assertEqual(finding["status"], status)
        self.assertEqual("sanction" in finding, status == "sanctioned")
        self.assertEqual(finding["score"], score)
        return {"status": status, "score": score, "is_current": is_current, "sanction": finding.get("sanction")}


class Analyze(WithDatabase):
    def test_a_later_list_holds_for_an_earlier_finding_and_is_taken_back(self):
        self.run_on(self.first)
        found = self.stored()
        self.assertEqual(found["status"], "new")
        self.assertGreaterEqual(found["score"], 0.5)

        self.run_on(self.second, "--allow", self.allow('host = "first.example"'))
        sanctioned = self.stored()
        self.assertEqual((sanctioned["status"], sanctioned["is_current"]), ("sanctioned", 0))
        self.assertIn("net team", sanctioned["sanction"])
        self.assertEqual(sanctioned["score"], found["score"], "as it was when found")
        self.assertEqual(self.stored("second.example")["status"], "new")

        self.run_on(self.second)
        self.assertEqual(self.stored(), {**found, "is_current": 0})

    def test_by_what_the_sessions_had(self):
        for entry, status in (
            ('user_agent = "probe/*"', "sanctioned"),
            ('user_agent = "other/*"', "new"),
            ('network = "192.0.2.0/24"', "sanctioned"),
            ('network = "198.51.100.0/24"', "new"),
        ):
            with self.subTest(entry=entry):
                self.run_on(self.first)
                self.run_on(self.second, "--allow", self.allow(entry))
                self.assertEqual(self.stored()["status"], status)

    def test_an_expired_entry_holds_no_longer(self):
        allow = self.allow('host = "first.example"\nexpires = 2023-11-14')
        self.run_on(self.first, "--allow", allow)
        self.assertEqual(self.stored()["status"], "sanctioned")
        self.run_on(self.second, "--allow", allow)  # of the next day
        self.assertEqual(self.stored()["status"], "new")

    def test_what_a_person_decided_stays(self):
        self.run_on(self.first)
        with contextlib.closing(sqlite3.connect(self.database)) as database, database:
            database.execute("UPDATE findings SET decision = 'confirmed'")
        self.run_on(self.second, "--allow", self.allow('suffix = "example"'))
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            decided = database.execute("SELECT decision FROM findings WHERE destination = 'first.example:443'").fetchone()
        self.assertEqual(decided, ("confirmed",))


class Watch(WithDatabase):
    def wait_for(self, status):
        end = time.monotonic() + WAIT_S
        while self.stored()["status"] != status:
            self.assertLess(time.monotonic(), end, f"not {status}")
            time.sleep(0.05)

    def test_after_an_analysis(self):
        self.run_on(self.first)
        allow = self.allow('host = "first.example"\nexpires = 2023-11-15')  # long ago by the clock
        self.run_on(self.second, "--allow", allow, command="watch")
        self.assertEqual(self.stored()["status"], "sanctioned")
        self.run_on(self.second, command="watch")
        self.assertEqual(self.stored()["status"], "new")

    def test_at_start_and_on_reload(self):
        self.run_on(self.first)
        allow = self.allow('host = "first.example"')
        command = [harness.MOGURA, "watch", "--quiet", "--db", self.database, "--allow", allow, "-r", "-"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as watch:
            try:
                self.wait_for("sanctioned")
                self.allow("")
                watch.send_signal(signal.SIGHUP)
                self.wait_for("new")
                watch.stdin.write(pcap_bytes(tunnel(b"second.example").packets))
                watch.stdin.close()
                self.assertEqual((watch.stderr.read(), watch.wait(WAIT_S)), (b"", 0))
            finally:
                watch.kill()
        self.assertEqual(self.stored("second.example")["status"], "new")


if __name__ == "__main__":
    harness.main()
