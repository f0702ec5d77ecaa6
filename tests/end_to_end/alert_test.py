#!/usr/bin/env python3
"""Alerts of `mogura watch` as a real syslog server (rsyslog) reads them: over TCP, TLS and UDP, and across its restarts."""

import re
import shutil
import socket
import subprocess

import harness
from live_network import PATIENCE_S
from watch_faults_test import Piped, free_port, wait_until
from watch_test import ssh_tunnel

RSYSLOGD = shutil.which("rsyslogd") or shutil.which("rsyslogd", path="/usr/sbin:/usr/local/sbin")

# What rsyslog made of each message, one a line: its own reading of RFC 5424, not ours.
TEMPLATE = "%app-name% %msgid% %syslogseverity-text% %syslogfacility-text% %structured-data% %msg%\\n"
CONFIGURATION = """
global(workDirectory="{folder}" {tls})
module(load="imtcp" {driver})
module(load="imudp")
input(type="imtcp" address="127.0.0.1" port="{port}")
input(type="imudp" address="127.0.0.1" port="{port}")
template(name="read" type="string" string="{template}")
action(type="omfile" file="{folder}/messages" template="read" asyncWriting="off" flushOnTXEnd="on")
"""
TLS_GLOBAL = 'defaultNetstreamDriverCAFile="{c}" defaultNetstreamDriverCertFile="{c}" defaultNetstreamDriverKeyFile="{k}"'
TLS_DRIVER = 'streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon"'


class Rsyslog:
    """An rsyslogd of the test's own, as whoever runs the test."""

    def __init__(self, folder, certificate=None):
        self.folder = folder
        self.port = free_port()
        tls = TLS_GLOBAL.format(c=certificate[0], k=certificate[1]) if certificate else ""
        text = CONFIGURATION.format(folder=folder, port=self.port, template=TEMPLATE, tls=tls,
                                    driver=TLS_DRIVER if certificate else "")  # fmt: skip
        (folder / "rsyslog.conf").write_text(text)
        self.start()

    def start(self):
        self.process = subprocess.Popen([RSYSLOGD, "-n", "-f", self.folder / "rsyslog.conf", "-i", self.folder / "pid"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        try:
            wait_until(self.is_listening, "rsyslogd")
        except AssertionError:
            self.close()
            raise

    def is_listening(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self):
        self.process.kill()
        self.process.wait()
        (self.folder / "pid").unlink(missing_ok=True)

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE_S)

    def close(self):
        if self.process.poll() is None:
            self.kill()

    def messages(self):
        path = self.folder / "messages"
        return path.read_text().splitlines() if path.exists() else []

    def ids(self):
        return [match[1] for line in self.messages() if (match := re.search(r'alertId="([^"]*)"', line))]


def make_certificate(folder, stem, name="IP:127.0.0.1"):
    certificate, key = folder / f"{stem}.crt", folder / f"{stem}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                    "-subj", f"/CN={stem}", "-addext", f"subjectAltName={name}", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)  # fmt: skip
    return certificate, key


class RealSyslogServer(Piped):
    def setUp(self):
        if RSYSLOGD is None:
            self.skipTest("rsyslogd is not installed")
        super().setUp()

    def rsyslog(self, **options):
        server = Rsyslog(self.folder, **options)
        self.addCleanup(server.close)
        return server

    def syslog_counters(self, watch):
        return next(sink for sink in watch.end["sinks"] if sink["name"] == "syslog")

    def deliver(self, server, scheme, count=20, options=()):
        """Watches that many tunnels with alerts to the server, and answers what it understood."""
        watch = self.watch("--syslog", f"{scheme}://127.0.0.1:{server.port}", *options)
        self.feed(watch, *(ssh_tunnel(40000 + n) for n in range(count)))
        for _ in range(count):
            watch.wait_for_alert()
        self.assertEqual(watch.stop(), 0)
        wait_until(lambda: len(server.messages()) >= len(watch.alerts), "the messages")
        self.assertEqual(sorted(server.ids()), sorted(alert["alert_id"] for alert in watch.alerts))
        counters = self.syslog_counters(watch)
        self.assertEqual((counters["delivered"], counters["lost"]), (len(watch.alerts), 0))
        return server.messages()

    def check(self, messages):
        for message in (line for line in messages if " pattern " in line.split("[")[0]):
            self.assertRegex(message, r"^mogura pattern (crit|warning|notice) authpriv \[mogura@32473 ")
            self.assertIn('destination="relay.example:443"', message)
            self.assertIn("] \ufeffpattern SSH through the proxy: 192.0.2.10 to relay.example:443; ", message)

    def test_tcp(self):
        self.check(self.deliver(self.rsyslog(), "tcp"))

    def test_udp(self):
        self.check(self.deliver(self.rsyslog(), "udp"))

    def test_tls(self):
        certificate = make_certificate(self.folder, "server")
        self.check(self.deliver(self.rsyslog(certificate=certificate), "tls", options=("--syslog-ca", certificate[0])))

    def test_a_server_with_another_certificate_gets_nothing(self):
        server = self.rsyslog(certificate=make_certificate(self.folder, "server"))
        other = make_certificate(self.folder, "other")
        watch = self.watch("--syslog", f"tls://127.0.0.1:{server.port}", "--syslog-ca", other[0])
        self.feed(watch, ssh_tunnel(40000))
        watch.wait_for_alert()
        self.assertEqual(watch.stop(), 0)
        counters = self.syslog_counters(watch)
        self.assertEqual((counters["delivered"], counters["lost"]), (0, len(watch.alerts)))
        self.assertEqual(server.ids(), [])

    def test_restarts_and_crashes_lose_nothing(self):
        server = self.rsyslog()
        watch = self.watch("--syslog", f"tcp://127.0.0.1:{server.port}")
        port = iter(range(40000, 60000))
        sent = 0
        for end in (server.stop, server.kill, server.stop, server.kill):
            # Some come while the server is there and has read them, some while it is away.
            for is_up in (True, False):
                self.feed(watch, *(ssh_tunnel(next(port)) for _ in range(5)))
                for _ in range(5):
                    watch.wait_for_alert()
                sent += 5
                if is_up:
                    wait_until(lambda: len(set(server.ids())) >= sent, "what was sent to the living")
                    end()
            server.start()
        wait_until(lambda: len(set(server.ids())) >= sent, "what was sent to the dead")
        self.assertEqual(watch.stop(), 0)
        self.assertLessEqual({alert["alert_id"] for alert in watch.alerts}, set(server.ids()))
        counters = self.syslog_counters(watch)
        self.assertEqual((counters["delivered"], counters["lost"]), (len(watch.alerts), 0))
        self.assertLessEqual(len(server.ids()) - len(set(server.ids())), 4, "at most what was under way comes twice")


class LocalLog(Piped):
    """The socket of this machine's log, at another path."""

    def test_a_local_socket(self):
        path = self.folder / "log"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
            log.bind(str(path))
            log.settimeout(PATIENCE_S)
            watch = self.watch("--syslog", f"unix://{path}")
            self.feed(watch, ssh_tunnel(40000))
            self.assertRegex(log.recv(65536), rb"^<\d+>1 \S+ \S+ mogura \d+ pattern \[mogura@32473 ")
            self.assertEqual(watch.stop(), 0)


if __name__ == "__main__":
    harness.main()
