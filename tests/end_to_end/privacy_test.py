#!/usr/bin/env python3
"""What is kept of people: `--redact clients` in analyze, watch and proxy; `--keep` and `mogura forget`."""

import base64
import contextlib
import hashlib
import hmac
import ipaddress
import json
import re
import sqlite3
import stat
import time
import unittest
import urllib.request

import harness
import live_network
from pcapgen import Conversation, write_pcap
from proxy_harness import Folder, Proxy, wait_until
from web_site import WebSite

OK = b"HTTP/1.1 200 OK\r\n\r\n"
START_US = 1_700_000_000_000_000  # 2023-11-14
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
PROXY = ("192.0.2.1", 3128)
ADDRESS = re.compile(r"(?<![\w.:])(?:10\.77\.0\.(?:1[1-9]|2\d)|fd6d:6f67:7572:[0-9a-f:]+[0-9a-f])(?![\w])")
CLIENTS = [f"10.77.0.{last}" for last in range(11, 30)]  # of the bundled day
SSH_PATTERN = """format = 1
name = "SSH through the proxy"
all = [
  { kind = "connect" },
  { bytes = { dir = "up", message = 0, offset = 0, text = "SSH-2.0-" } },
]
"""


def pseudonym(secret, client):
    """By docs/guides/privacy.md."""
    key = hmac.new(secret, b"mogura-redaction-1", hashlib.sha256).digest()
    address = ipaddress.ip_address(client)
    packed = address.packed if address.version == 6 else bytes(10) + b"\xff\xff" + address.packed
    return str(ipaddress.IPv6Address(bytes.fromhex("fd6d6f677572") + hmac.new(key, packed, hashlib.sha256).digest()[:10]))


def tunnel(port=40000, client="192.0.2.10", start=START_US, host=b"relay.example", fields=b"", is_open=False):
    """What looks like SSH inside CONNECT: always a finding."""
    request = b"CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n%sUser-Agent: probe/1\r\n\r\n" % (host, host, fields)
    talk = Conversation(client=(client, port), server=PROXY, start=start).open().up(request).down(OK)
    for _ in range(12):
        talk.up(b"SSH-2.0-probe\r\n").down(b"SSH-2.0-answer\r\n")
    return talk if is_open else talk.close()


def rows(database, table):
    with contextlib.closing(sqlite3.connect(database)) as opened:
        opened.row_factory = sqlite3.Row
        return [dict(row) for row in opened.execute(f"SELECT * FROM {table}")]


def tables(database):
    with contextlib.closing(sqlite3.connect(database)) as opened:
        return [name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def everything_in(database, leave_out=()):
    return "\n".join(str(row) for table in tables(database) if table not in leave_out for row in rows(database, table))


class WithKey(Folder):
    def setUp(self):
        super().setUp()
        self.key_file = self.folder / "redact.key"
        self.database = self.folder / "mogura.db"
        self.options = ("--redact", "clients", "--redact-key", self.key_file)

    def secret(self):
        return bytes.fromhex(self.key_file.read_text())

    def capture(self, name, *conversations):
        path = self.folder / name
        write_pcap(path, sorted(packet for talk in conversations for packet in talk.packets))
        return path

    def analyze(self, *arguments, expect=0):
        done = harness.run("analyze", *arguments)
        self.assertEqual(done.returncode, expect, done.stderr)
        return done


class Analyze(WithKey):
    def test_the_day_is_judged_the_same_under_other_names(self):
        outputs = {}
        for name, options in (("plain", ()), ("redacted", self.options)):
            document, sessions = self.folder / f"{name}.json", self.folder / f"{name}.jsonl"
            done = self.analyze("--json", document, "--sessions", sessions, *options, harness.SAMPLE)
            outputs[name] = json.loads(document.read_text()), sessions.read_text(), done.stdout.decode()
        names = {client: pseudonym(self.secret(), client) for client in CLIENTS}
        real = {name: client for client, name in names.items()}

        def named(text):
            return ADDRESS.sub(lambda found: real.get(found[0], found[0]), text)

        def findings(document):
            found = json.loads(named(json.dumps(document["findings"])))
            for finding in found:
                finding["clients"].sort()
                finding["next_steps"]["ask"] = sorted(re.findall(r"[\w.]+", finding["next_steps"]["ask"]))
                del finding["features"]  # of a sample, which another hash of addresses draws
            return found

        self.assertEqual(findings(outputs["redacted"][0]), findings(outputs["plain"][0]))
        for group in ("sessions", "groups", "counters"):
            self.assertEqual(outputs["redacted"][0][group], outputs["plain"][0][group], group)
        for plain, redacted in zip(outputs["plain"][1].splitlines(), outputs["redacted"][1].splitlines(), strict=True):
            before, after = json.loads(plain), json.loads(redacted)
            self.assertEqual(after.pop("client_ip"), names[before.pop("client_ip")])
            self.assertNotEqual(after.pop("session_id"), before.pop("session_id"))
            self.assertEqual(after, before)
        for text in (json.dumps(outputs["redacted"][0]), *outputs["redacted"][1:]):
            self.assertFalse(set(ADDRESS.findall(text)) & set(CLIENTS))

    def test_every_output_has_pseudonyms_alone(self):
        forwarded = tunnel(fields=b"X-Forwarded-For: 198.51.100.7, 192.0.2.250\r\n")
        day = self.capture("day.pcap", forwarded, tunnel(40001, "192.0.2.11"))
        html, document = self.folder / "day.html", self.folder / "day.json"
        outputs = ("--db", self.database, "--html", html, "--json", document, "--sessions", "-")
        done = self.analyze(*outputs, *self.options, day)
        terminal = self.analyze(*self.options, day).stdout.decode()
        texts = (everything_in(self.database), html.read_text(), document.read_text(), done.stdout.decode(), terminal)
        for client in ("192.0.2.10", "192.0.2.11", "198.51.100.7"):
            for number, text in enumerate(texts):
                self.assertNotIn(client, text, number)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        forwarded = [line["client_forwarded"] for line in lines if "client_forwarded" in line]
        self.assertEqual(forwarded, [pseudonym(self.secret(), "198.51.100.7")])
        for line in lines:
            self.assertEqual(line["session_id"].rpartition("-")[0], community_id(line))
        (finding,) = [json.loads(row["line"]) for row in rows(self.database, "findings")]
        self.assertEqual(set(finding["clients"]), {pseudonym(self.secret(), c) for c in ("198.51.100.7", "192.0.2.11")})
        self.assertIn(finding["clients"][0], finding["next_steps"]["ask"])

    def test_the_key_is_made_once_for_its_owner_alone(self):
        day = self.capture("day.pcap", tunnel())
        first = self.analyze("--quiet", "--sessions", "-", *self.options, day).stdout
        self.assertEqual(stat.S_IMODE(self.key_file.stat().st_mode), 0o600)
        key = self.key_file.read_text()
        self.assertEqual(self.analyze("--quiet", "--sessions", "-", *self.options, day).stdout, first)
        self.assertEqual(self.key_file.read_text(), key)
        self.key_file.chmod(0o644)
        self.assertIn(b"open to others", self.analyze(*self.options, day, expect=2).stderr)

    def test_without_a_key_every_run_has_its_own(self):
        day = self.capture("day.pcap", tunnel())
        outputs = {self.analyze("--quiet", "--sessions", "-", "--redact", "clients", day).stdout for _ in range(2)}
        self.assertEqual(len(outputs), 2)
        done = self.analyze("--db", self.database, "--redact", "clients", day)
        self.assertIn(b"no --redact-key", done.stderr)

    def test_what_was_redacted_stays_as_it_is(self):
        lines = self.folder / "sessions.jsonl"
        self.analyze("--quiet", "--sessions", lines, *self.options, self.capture("day.pcap", tunnel()))
        again = self.analyze("--quiet", "--sessions", "-", "--redact", "clients", lines)
        self.assertEqual(again.stdout.decode(), lines.read_text())

    def test_networks_of_the_allow_list_are_warned_about(self):
        allow = self.folder / "allow.toml"
        allow.write_text('format = 1\n[[allow]]\nnetwork = "192.0.2.0/24"\nowner = "net team"\n')
        done = self.analyze("--allow", allow, *self.options, self.capture("day.pcap", tunnel()))
        self.assertRegex(done.stderr.decode(), r"allow\.toml line \d+: a network finds no redacted clients")

    def test_options_that_make_no_sense(self):
        day = self.capture("day.pcap", tunnel())
        for arguments in (("--redact", "names"), ("--redact-key", self.key_file), ("--redact", "clients", "--redact-key", "")):
            self.analyze(*arguments, day, expect=2)
        self.assertFalse(self.key_file.exists())


def community_id(line):
    """Version 1, seed 0, of a session line."""
    ends = [(packed(line[f"{side}_ip"]), line[f"{side}_port"]) for side in ("client", "server")]
    return community_id_of(*sorted(ends))


def community_id_of(first, second):
    hashed = b"\0\0" + first[0] + second[0] + b"\x06\0" + first[1].to_bytes(2, "big") + second[1].to_bytes(2, "big")
    return "1:" + base64.b64encode(hashlib.sha1(hashed).digest()).decode()


def packed(text):
    return ipaddress.ip_address(text).packed


class Watch(WithKey):
    def setUp(self):
        super().setUp()
        self.patterns = self.folder / "patterns"
        self.patterns.mkdir()
        (self.patterns / "ssh.toml").write_text(SSH_PATTERN)

    def watch(self, capture, *options):
        done = harness.run("watch", "--quiet", "--patterns", self.patterns, "--db", self.database, *options, "-r", capture)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_alerts_of_patterns_and_findings(self):
        day = self.capture("day.pcap", tunnel(), tunnel(40001, "192.0.2.11"))
        alerts = self.watch(day, *self.options)
        names = {pseudonym(self.secret(), client) for client in ("192.0.2.10", "192.0.2.11")}
        self.assertEqual({alert["client_ip"] for alert in alerts if alert["kind"] == "pattern"}, names)
        self.assertEqual([set(alert["clients"]) for alert in alerts if alert["kind"] == "finding"], [names])
        for text in (json.dumps(alerts), everything_in(self.database)):
            self.assertNotIn("192.0.2.10", text)
            self.assertNotIn("192.0.2.11", text)
        self.assertEqual({alert["session_id"] for alert in alerts if alert["kind"] == "pattern"},
                         {row["session_id"] for row in rows(self.database, "sessions")})  # fmt: skip

    def test_both_sides_of_a_proxy_are_still_one_tunnel(self):
        """The far side is known by real addresses, and waits for the near one under them."""
        near = tunnel()
        far = Conversation(client=("192.0.2.1", 50000), server=("203.0.113.5", 443), start=START_US + 2_000).open()
        for _ in range(12):
            far.up(b"SSH-2.0-probe\r\n").down(b"SSH-2.0-answer\r\n")
        pattern = SSH_PATTERN.replace("  { kind = \"connect\" },\n", "")
        (self.patterns / "ssh.toml").write_text(pattern)
        day = self.capture("both.pcap", near, far.close())
        plain = [alert for alert in self.watch(day) if alert["kind"] == "pattern"]
        self.database = self.folder / "redacted.db"
        redacted = [alert for alert in self.watch(day, *self.options) if alert["kind"] == "pattern"]
        self.assertEqual([alert["client_ip"] for alert in plain], ["192.0.2.10"])
        self.assertEqual([alert["client_ip"] for alert in redacted], [pseudonym(self.secret(), "192.0.2.10")])

    def test_the_same_file_again_gives_no_alert_again(self):
        day = self.capture("day.pcap", tunnel())
        self.assertEqual(len(self.watch(day, *self.options)), 2)
        self.assertEqual(self.watch(day, *self.options), [])

    def test_old_sessions_go_after_so_many_days(self):
        first = self.capture("first.pcap", tunnel())
        later = self.capture("later.pcap", tunnel(40001, start=START_US + 3 * DAY_US))
        self.watch(first)
        self.watch(later, "--keep", "4")
        self.assertEqual(len(rows(self.database, "sessions")), 2)
        self.watch(later, "--keep", "2d")
        self.assertEqual([row["start_us"] for row in rows(self.database, "sessions")], [START_US + 3 * DAY_US])
        self.assertTrue(all(row["time_us"] > START_US + DAY_US for row in rows(self.database, "alerts")))

    def test_keep_is_a_number_of_days(self):
        for days in ("", "x", "-1", "3651", "1h", "1.5"):
            done = harness.run("watch", "--keep", days, "-r", self.folder / "none.pcap")
            self.assertEqual(done.returncode, 2, days)


class OfTheProxy(WithKey):
    HOST = "www.shop.example"

    def relay(self, *options):
        """Four requests of a program without cookies that passes for a browser."""
        log = self.folder / "access.log"
        with WebSite() as site, Proxy([self.HOST], "--db", self.database, "--access-log", log, *options) as proxy:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy.url}))
            opener.addheaders = [("User-Agent", "Mozilla/4.0 (compatible; MSIE 5.01; Windows NT 5.0)")]
            for _ in range(4):
                opener.open(site.url(self.HOST, "/"), timeout=30).read()
            wait_until(lambda: proxy.verdicts("no-jar"), "a verdict")
            self.events = proxy.events()
        return log.read_text()

    def test_the_database_alone_is_redacted(self):
        log = self.relay(*self.options)
        name = pseudonym(self.secret(), "127.0.0.1")
        lines = [json.loads(row["line"]) for row in rows(self.database, "sessions")]
        self.assertEqual({line["client_ip"] for line in lines}, {name})
        self.assertEqual({event["client_ip"] for event in self.events}, {"127.0.0.1"})
        self.assertIn(" 127.0.0.1 ", log)
        stored = everything_in(self.database, leave_out=("sensors",))  # has the address that it listens on
        self.assertEqual(re.sub(r'"server_ip":"127\.0\.0\.1"', "", stored).count("127.0.0.1"), 0, stored)

    def test_who_failed_is_told_by_pseudonym(self):
        self.relay(*self.options)
        name = pseudonym(self.secret(), "127.0.0.1")
        for table in ("verdicts", "challenge_hours", "clients"):
            self.assertEqual({row["client"] for row in rows(self.database, table)}, {name}, table)
        alerts = [json.loads(row["line"]) for row in rows(self.database, "alerts")]
        self.assertEqual([(alert["kind"], alert["clients"]) for alert in alerts], [("verdict", [name])])


class Forget(WithKey):
    def setUp(self):
        super().setUp()
        now = time.time_ns() // 1000
        for days in (1, 5, 40):
            day = self.capture(f"{days}.pcap", tunnel(40000 + days, start=now - days * DAY_US - HOUR_US))
            harness.run("analyze", "--quiet", "--db", self.database, day)

    def ages(self):
        now = time.time_ns() // 1000
        return sorted((now - row["end_us"]) // DAY_US for row in rows(self.database, "sessions"))

    def test_what_is_older_goes(self):
        self.assertEqual(self.ages(), [1, 5, 40])
        for days, left in ((41, [1, 5, 40]), (30, [1, 5]), (3, [1])):
            done = harness.run("forget", self.database, "--keep", days)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
            self.assertEqual(self.ages(), left)

    def test_what_is_no_database(self):
        other = self.folder / "other.txt"
        other.write_text("something else")
        missing = self.folder / "missing.db"
        for path, days, status in ((other, 30, 2), (missing, 30, 3), (self.database, 0, 2), (self.database, "x", 2)):
            self.assertEqual(harness.run("forget", path, "--keep", days).returncode, status, path)
        self.assertFalse(missing.exists())
        self.assertEqual(other.read_text(), "something else")


class WatchLive(WithKey):
    def setUp(self):
        super().setUp()
        live_network.need_network()

    def test_a_session_that_is_still_open(self):
        patterns = self.folder / "patterns"
        patterns.mkdir()
        (patterns / "ssh.toml").write_text(SSH_PATTERN)
        capture = self.capture("open.pcap", tunnel(is_open=True))
        with live_network.Watch("-i", live_network.RECEIVER, "--patterns", patterns, *self.options) as watch:
            watch.wait_until_ready()
            live_network.replay(capture)
            self.assertEqual(watch.wait_for_alert()["client_ip"], pseudonym(self.secret(), "192.0.2.10"))
            self.assertEqual(watch.stop(), 0)
        self.assertEqual([alert["kind"] for alert in watch.alerts], ["pattern", "finding"])
        self.assertNotIn("192.0.2.10", json.dumps(watch.alerts))


if __name__ == "__main__":
    harness.main()
