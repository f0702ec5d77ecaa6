#!/usr/bin/env python3
"""`mogura watch`: the same alerts from a file and from the wire, at once and only once, through reloads and to the end."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import harness
import live_network
from live_network import RECEIVER, SENDER, Watch, replay
from pcapgen import Conversation, client_hello, pcap_bytes, write_pcap

START_US = 1_700_000_000_000_000
PROXY = ("192.0.2.1", 3128)
SSH_PATTERN = """format = 1
name = "SSH through the proxy"
all = [
  { kind = "connect" },
  { bytes = { dir = "up", message = 0, offset = 0, text = "SSH-2.0-" } },
]
"""
HELLO_PATTERN = """format = 1
name = "a name"
all = [ { sni = "relay.example" } ]
"""
TOOL_PATTERN = """format = 1
name = "a tool"
all = [ { user_agent = "tool/*" } ]
"""


def connect(host, agent=b"probe/1"):
    return b"CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\nUser-Agent: %s\r\n\r\n" % (host, host, agent)


OK = b"HTTP/1.1 200 OK\r\n\r\n"


def ssh_tunnel(port, messages=12, host=b"relay.example", client="192.0.2.10"):
    """A CONNECT and what looks like SSH; still open."""
    talk = Conversation(client=(client, port), server=PROXY, start=START_US).open().up(connect(host)).down(OK)
    for number in range(messages):
        talk.up(b"SSH-2.0-probe\r\n" if number == 0 else b"u" * 36).down(b"SSH-2.0-answer\r\n" if number == 0 else b"d" * 52)
    return talk


def page(port, agent=b"Browser/1"):
    talk = Conversation(client=("192.0.2.11", port), server=PROXY, start=START_US).open()
    talk.up(b"GET http://site.example/ HTTP/1.1\r\nHost: site.example\r\nUser-Agent: %s\r\n\r\n" % agent)
    return talk.down(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").close()


def in_order(*conversations):
    return sorted(packet for talk in conversations for packet in talk.packets)


def facts(alerts):
    """What is the same whenever the packets pass."""
    return sorted((a["pattern_id"], a["client_ip"], a["client_port"], a["destination"]) for a in alerts if a["kind"] == "pattern")


class InFolder(unittest.TestCase):
    def setUp(self):
        keeper = tempfile.TemporaryDirectory()
        self.addCleanup(keeper.cleanup)
        self.folder = pathlib.Path(keeper.name)
        self.patterns = self.folder / "patterns"
        self.patterns.mkdir()
        self.register("ssh", SSH_PATTERN)

    def register(self, name, text):
        (self.patterns / f"{name}.toml").write_text(text)

    def capture(self, packets, name="one.pcap"):
        path = self.folder / name
        write_pcap(path, packets)
        return path

    def watch_file(self, *arguments, expect=0, stdin=None):
        done = harness.run("watch", "--patterns", self.patterns, *arguments, stdin=stdin)
        self.assertEqual(done.returncode, expect, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]


class FromFile(InFolder):
    def test_one_alert_for_each_session_and_pattern(self):
        self.register("tool", TOOL_PATTERN)
        path = self.capture(in_order(ssh_tunnel(40001, 200).close(), ssh_tunnel(40002).close(), page(40003), page(40004, b"tool/2")))
        alerts = self.watch_file("-r", path)
        self.assertEqual(facts(alerts), [
            ("ssh", "192.0.2.10", 40001, "relay.example:443"), ("ssh", "192.0.2.10", 40002, "relay.example:443"),
            ("tool", "192.0.2.11", 40004, "site.example:80")])  # fmt: skip

    def test_an_alert_names_the_moment_at_which_it_was_certain(self):
        path = self.capture(ssh_tunnel(40001, 200).wait(60).up(b"late").close().packets)
        (alert,) = [alert for alert in self.watch_file("-r", path) if alert["kind"] == "pattern"]
        (session,) = harness.sessions_of(path)
        self.assertEqual(alert["session_id"], session["session_id"])
        self.assertTrue(alert["session_id"].startswith(alert["community_id"]))
        self.assertLess(alert["time"], "2023-11-14T22:13:21")
        self.assertGreater(session["end"], "2023-11-14T22:14")
        self.assertTrue(alert["sentences"])

    def test_any_number_of_threads_gives_the_same(self):
        packets = in_order(*(ssh_tunnel(41000 + n).close() for n in range(40)), *(page(42000 + n) for n in range(40)))
        path = self.capture(packets)
        one, many = (self.watch_file("-r", path, "--threads", n) for n in (1, 4))
        key = lambda alert: alert["alert_id"]  # noqa: E731
        self.assertEqual(sorted(one, key=key), sorted(many, key=key))
        self.assertEqual(len(facts(one)), 40)

    def test_both_sides_of_a_proxy_are_one_tunnel(self):
        self.register("hello", HELLO_PATTERN)
        hello = client_hello("relay.example")
        near = Conversation(client=("192.0.2.10", 40001), server=PROXY, start=START_US).open().up(connect(b"relay.example")).down(OK)
        far = Conversation(client=("192.0.2.1", 50001), server=("198.51.100.9", 443), start=near.time).open()
        near.time = far.time
        near.up(hello)
        far.time = near.time
        far.up(hello).down(b"\x16\x03\x03\0\x04\x0e\0\0\0")
        near.time = far.time
        near.down(b"\x16\x03\x03\0\x04\x0e\0\0\0")
        alone = Conversation(client=("192.0.2.12", 40002), server=("198.51.100.9", 443), start=START_US).open()
        alone.up(client_hello("relay.example", cipher_suites=(0x1301,))[:-1] + b"x").down(b"\x16\x03\x03\0\x04\x0e\0\0\0")
        path = self.capture(in_order(near.close(), far.close()))
        self.assertEqual(facts(self.watch_file("-r", path)), [("hello", "192.0.2.10", 40001, "relay.example:443")])

    def test_the_proxy_named_by_the_user_is_left_to_the_end(self):
        path = self.capture(in_order(ssh_tunnel(40001).close(), ssh_tunnel(50001, client="192.0.2.1", host=b"next.example").close()))
        self.assertEqual(len(facts(self.watch_file("-r", path, "--proxy", "192.0.2.1"))), 2)

    def test_candidates_are_not_live(self):
        self.register("ssh", SSH_PATTERN + "candidate = true\n")
        self.assertEqual(facts(self.watch_file("-r", self.capture(ssh_tunnel(40001).close().packets))), [])

    def test_a_pattern_that_does_not_parse_is_refused(self):
        self.register("bad", "format = 1\nall = [ { colour = 3 } ]\n")
        done = harness.run("watch", "--patterns", self.patterns, "-r", self.capture([]))
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"bad.toml:2", done.stderr)

    def test_damage_is_told_and_what_came_before_counts(self):
        path = self.folder / "cut.pcap"
        path.write_bytes(pcap_bytes(ssh_tunnel(40001).close().packets)[:-10])
        self.assertEqual(len(facts(self.watch_file("-r", path, expect=3))), 1)

    def test_usage(self):
        path = self.capture([])
        for arguments in (
            (), ("-i", "lo", "-r", path), ("-r", "-", "-r", "-"), ("-r", path, "--bpf", "tcp"), ("-r", path, "--window", "soon"),
            ("-r", path, "--webhook-spool", "x"), ("-r", path, "--analysis-interval", "0"), ("-r", path, "--window", "1m"),
            ("-r", path, "--syslog", "carrier-pigeon://x"), ("-i", "none-such"),
        ):  # fmt: skip
            with self.subTest(arguments=arguments):
                done = harness.run("watch", *arguments)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(done.stdout, b"")

    def test_counters_add_up(self):
        packets = in_order(ssh_tunnel(40001).close(), page(40002))
        with Watch("-r", self.capture(packets), "--patterns", self.patterns) as watch:
            self.assertEqual(watch.stop(0), 0)
        end = watch.end
        self.assertEqual((end["packets"], end["sessions"], end["pattern_alerts"]), (len(packets), 2, 1))
        self.assertEqual(end["sinks"][0]["delivered"], len(watch.alerts))

    def test_counters_go_to_a_file_if_wanted(self):
        counters = self.folder / "counters.json"
        done = harness.run("watch", "-r", self.capture([]), "--stats", counters)
        self.assertEqual(done.stderr, b"")
        self.assertEqual(json.loads(counters.read_text())["event"], "end")


class FromPipe(InFolder):
    def test_a_signal_ends_sessions_that_are_still_open(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number), Watch("-r", "-", "--patterns", self.patterns, stdin=subprocess.PIPE) as watch:
                watch.process.stdin.write(pcap_bytes(ssh_tunnel(40001).packets + page(40002, b"x").packets))
                watch.process.stdin.flush()
                watch.wait_for_alert()
                self.assertEqual(watch.stop(number), 0)
                self.assertEqual(watch.end["sessions"], 2)
                self.assertEqual(len(facts(watch.alerts)), 1)

    def test_the_alert_comes_while_the_session_goes_on(self):
        with Watch("-r", "-", "--patterns", self.patterns, stdin=subprocess.PIPE) as watch:
            watch.process.stdin.write(pcap_bytes(ssh_tunnel(40001).packets))
            watch.process.stdin.flush()
            self.assertEqual(watch.wait_for_alert()["pattern_id"], "ssh")
            self.assertIsNone(watch.process.poll())

    def test_without_a_reader_it_stops(self):
        with Watch("-r", "-", stdin=subprocess.PIPE) as watch:
            watch.process.stdin.write(pcap_bytes(page(40001).packets))
            watch.process.stdin.flush()
            time.sleep(0.1)
        process = subprocess.Popen([harness.MOGURA, "watch", "-r", "-", "--patterns", self.patterns],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        process.stdout.close()
        process.stdin.write(pcap_bytes(ssh_tunnel(40001).close().packets))
        process.stdin.flush()
        self.assertEqual(process.wait(timeout=live_network.PATIENCE_S), 4)
        self.assertIn(b"nobody reads the alerts", process.stderr.read())
        process.stdin.close()
        process.stderr.close()


class Live(InFolder):
    def setUp(self):
        super().setUp()
        live_network.need_network()

    def watch(self, *arguments):
        return Watch("-i", RECEIVER, "--patterns", self.patterns, "--ring", "16", *arguments).wait_until_ready()

    def mixed(self):
        tunnels = (ssh_tunnel(41000 + n, messages=20 + n).close() for n in range(60))
        pages = (page(43000 + n, b"tool/1" if n % 10 == 0 else b"Browser/1") for n in range(300))
        return self.capture(in_order(*tunnels, *pages))

    def test_the_wire_gives_the_alerts_of_the_file(self):
        self.register("tool", TOOL_PATTERN)
        path = self.mixed()
        expected = facts(self.watch_file("-r", path))
        for options in (("--threads", "1"), ("--threads", "3"), ("--libpcap",)):
            with self.subTest(options=options), self.watch(*options) as watch:
                sent = replay(path, "--pps", "20000")
                self.assertEqual(watch.stop(), 0)
                self.assertEqual((watch.end["packets"], watch.end["kernel_drops"]), (sent, 0))
                self.assertEqual(watch.end["sessions"], 360)
                self.assertEqual(facts(watch.alerts), expected)
        self.assertEqual(len(expected), 90)

    def test_the_alert_comes_while_the_session_goes_on(self):
        path = self.capture(ssh_tunnel(40001).packets)
        with self.watch() as watch:
            replay(path, "--topspeed")
            self.assertEqual(watch.wait_for_alert()["pattern_id"], "ssh")
            self.assertEqual(watch.stop(), 0)
            self.assertEqual(len(facts(watch.alerts)), 1)

    def test_idle_traffic_does_not_stop_time(self):
        """Sessions that have closed are handed on though no packet comes any more."""
        path = self.capture(ssh_tunnel(40001).close().packets)
        with self.watch("--stats-interval", "1") as watch:
            replay(path, "--topspeed")
            deadline = time.monotonic() + live_network.PATIENCE_S
            while time.monotonic() < deadline:
                if '"sessions":1,' in watch.wait_for_note('"event":"counters"'):
                    break
            self.assertEqual(watch.counters[-1]["sessions"], 1)
            self.assertEqual(watch.counters[-1]["connections"], 0)

    def test_reloading_loses_nothing(self):
        path = self.mixed()
        with self.watch() as watch:
            replaying = subprocess.Popen(["tcpreplay", "-i", SENDER, "--pps", "8000", str(path)], stdout=subprocess.PIPE)
            for number in range(6):
                time.sleep(0.1)
                self.register("tool", TOOL_PATTERN if number % 2 == 0 else TOOL_PATTERN.replace("tool/", "other/"))
                watch.send(signal.SIGHUP)
            output, _ = replaying.communicate()
            sent = int(output.split(b"Actual: ")[1].split()[0])
            self.assertEqual(watch.stop(), 0)
        self.assertEqual((watch.end["packets"], watch.end["kernel_drops"]), (sent, 0))
        self.assertGreaterEqual(watch.end["reloads"], 1)
        self.assertEqual(watch.end["failed_reloads"], 0)
        ssh = [fact for fact in facts(watch.alerts) if fact[0] == "ssh"]
        self.assertEqual(len(ssh), 60)
        self.assertEqual(len(set(ssh)), 60)

    def test_a_new_pattern_is_live_after_a_reload_and_a_bad_one_changes_nothing(self):
        with self.watch("--stats-interval", "0") as watch:
            self.register("tool", TOOL_PATTERN)
            self.register("bad", "format = 9\n")
            watch.send(signal.SIGHUP)
            watch.wait_for_note("what was loaded before stays")
            (self.patterns / "bad.toml").unlink()
            replay(self.capture(ssh_tunnel(40001).packets), "--topspeed")
            self.assertEqual(watch.wait_for_alert()["pattern_id"], "ssh")
            watch.send(signal.SIGHUP)
            time.sleep(1)
            replay(self.capture(page(40002, b"tool/1").packets), "--topspeed")
            self.assertEqual(watch.wait_for_alert()["pattern_id"], "tool")
            self.assertEqual(watch.stop(), 0)
        self.assertEqual((watch.end["reloads"], watch.end["failed_reloads"]), (1, 1))

    def test_the_alerts_file_is_opened_anew(self):
        alerts = self.folder / "alerts.json"
        with self.watch("--alerts", alerts) as watch:
            replay(self.capture(ssh_tunnel(40001).packets), "--topspeed")
            self.wait_for_lines(alerts, 1)
            alerts.rename(self.folder / "alerts.1")
            watch.send(signal.SIGHUP)
            time.sleep(1)
            replay(self.capture(ssh_tunnel(40002).packets), "--topspeed")
            self.wait_for_lines(alerts, 1)
            self.assertEqual(watch.stop(), 0)
        self.assertEqual(len((self.folder / "alerts.1").read_text().splitlines()), 1)

    def wait_for_lines(self, path, count):
        deadline = time.monotonic() + live_network.PATIENCE_S
        while time.monotonic() < deadline:
            if path.exists() and path.read_text().count("\n") >= count:
                return
            time.sleep(0.05)
        self.fail(f"{path} has fewer than {count} lines")

    def test_the_filter_holds(self):
        path = self.capture(in_order(ssh_tunnel(40001).close(), ssh_tunnel(40002, client="192.0.2.77").close()))
        with self.watch("--bpf", "host 192.0.2.77") as watch:
            replay(path, "--topspeed")
            self.assertEqual(watch.stop(), 0)
        self.assertEqual(facts(watch.alerts), [("ssh", "192.0.2.77", 40002, "relay.example:443")])
        done = harness.run("watch", "-i", RECEIVER, "--bpf", "tcp prot 80")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b'filter "tcp prot 80"', done.stderr)

    def test_an_interface_that_goes_away_ends_it(self):
        with self.watch() as watch:
            replay(self.capture(ssh_tunnel(40001).packets), "--topspeed")
            watch.wait_for_alert()
            live_network.make_pair()
            self.assertEqual(watch.stop(0), 4)
        self.assertEqual(watch.end["sessions"], 1)
        self.assertIn("is gone", watch.notes[-1])

    def test_an_interface_that_is_down_is_told(self):
        subprocess.run(["ip", "link", "set", RECEIVER, "down"], check=True)
        self.addCleanup(live_network.make_pair)
        done = harness.run("watch", "-i", RECEIVER)
        self.assertEqual(done.returncode, 4)
        self.assertIn(b"is down", done.stderr)

    def test_without_permission_it_says_what_to_do(self):
        if shutil.which("setpriv") is None or os.getuid() != 0:
            self.skipTest("setpriv and root are needed to give the permission up")
        for options in ((), ("--libpcap",)):
            command = ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw", harness.MOGURA, "watch", "-i", RECEIVER]
            done = subprocess.run([*command, *options], capture_output=True, check=False, timeout=harness.TIMEOUT_S)
            self.assertEqual(done.returncode, 4)
            self.assertIn(b"setcap cap_net_raw+ep", done.stderr)

    def test_a_day_gives_the_alerts_of_the_file(self):
        self.register("any", 'format = 1\nall = [ { any = [ { kind = "connect" }, { kind = "ssl" }, { kind = "websocket" } ] } ]\n')
        path = self.folder / "day.pcap"
        path.write_bytes(subprocess.run(["gzip", "-dc", harness.SAMPLE], capture_output=True, check=True).stdout)
        expected = facts(self.watch_file("-r", path))
        with self.watch() as watch:
            sent = replay(path, "--pps", "30000")
            self.assertEqual(watch.stop(), 0)
        self.assertEqual((watch.end["packets"], watch.end["kernel_drops"]), (sent, 0))
        self.assertEqual(facts(watch.alerts), expected)
        self.assertGreater(len(expected), 100)


if __name__ == "__main__":
    harness.main()
