#!/usr/bin/env python3
"""What goes through CONNECT without being opened: what is not TLS, or matches a registered pattern, is seen by its
first bytes, and cut where the configuration says so. TLS never is."""

import contextlib
import getpass
import json
import os
import pathlib
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import urllib.request

import chromium
import firefox
import harness
from proxy_harness import PATIENCE_S, TIED_TO_US, Folder, Proxy, environment, need, wait_until
from raw_http import HEAD_END, Broken, Wire

HERE = pathlib.Path(__file__).resolve().parent / "clients"
HOST = "relay.example"
ANY_PORT = ("--connect-ports", "all")
BLOCK = (*ANY_PORT, "--set", "tunnels.not_tls=block")
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
SSH_PATTERN = """format = 1
name = "SSH through the proxy"
author = "test"
date = 2026-11-22
all = [{ kind = "connect" }, { bytes = { dir = "up", message = 0, offset = 0, text = "SSH-2.0-" } }]
"""


class Server(contextlib.AbstractContextManager):
    """Serves each connection with a function of a Wire, on a thread of its own."""

    def __init__(self, serve):
        self.received = []  # what each connection brought, as far as `serve` says
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.host = f"{HOST}:{self.port}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                threading.Thread(target=self._one, args=(accepted,), daemon=True).start()

    def _one(self, accepted):
        with accepted, contextlib.suppress(OSError, Broken):
            self._serve(self, Wire(accepted))

    def __exit__(self, *_):
        self._listener.close()


def echo(server, wire):
    """Says everything back, and remembers it."""
    got = bytearray()
    server.received.append(got)
    while data := wire.socket.recv(65536):
        got += data
        wire.socket.sendall(data)


def swallow(server, wire):
    """Says nothing, remembers all."""
    got = bytearray()
    server.received.append(got)
    while data := wire.socket.recv(65536):
        got += data


def greet(server, wire):
    """Speaks first, as mail servers do, and then as `echo`."""
    wire.socket.sendall(b"220 mail.example ESMTP ready\r\n")
    echo(server, wire)


class _Tunnels(Folder):
    def proxy(self, *options):
        return self.enterContext(Proxy([HOST], *options))

    def server(self, serve=echo):
        return self.enterContext(Server(serve))

    def tunnel(self, proxy, server):
        wire = self.enterContext(Wire.to(proxy.port))
        head = f"CONNECT {server.host} HTTP/1.1\r\nHost: {server.host}\r\nUser-Agent: probe/1\r\n\r\n"
        wire.socket.sendall(head.encode())
        self.assertIn(b" 200 ", wire.until(HEAD_END))
        return wire

    def assert_cut(self, wire):
        """The connection is over, and nothing has come."""
        try:
            self.assertEqual(wire.socket.recv(1), b"")
        except ConnectionResetError:
            pass

    def tunnel_events(self, proxy, **fields):
        return wait_until(lambda: proxy.events("tunnel", **fields), f"a tunnel event with {fields}")

    def make_certificate(self):
        need("openssl")
        certificate, key = self.folder / "certificate.pem", self.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-subj", f"/CN={HOST}", "-keyout", key, "-out", certificate, "-days", "2"],
                       check=True, capture_output=True)  # fmt: skip
        return certificate, key

    def pattern_folder(self, text=SSH_PATTERN):
        folder = self.folder / "patterns"
        folder.mkdir()
        (folder / "ssh-in-connect.toml").write_text(text)
        return folder


class NotTls(_Tunnels):
    def test_by_default_it_is_an_event_and_goes_on(self):
        proxy, server = self.proxy(*ANY_PORT), self.server()
        wire = self.tunnel(proxy, server)
        wire.socket.sendall(b"plain text\n")
        self.assertEqual(wire.exactly(11), b"plain text\n")
        (event,) = self.tunnel_events(proxy)
        self.assertEqual((event["reason"], event["action"], event["host"], event["url"], event["user_agent"]),
                         ("not-tls", "observed", HOST, server.host, "probe/1"))  # fmt: skip

    def test_block_cuts_it_before_a_byte_of_it_arrives(self):
        proxy, server = self.proxy(*BLOCK), self.server()
        wire = self.tunnel(proxy, server)
        wire.socket.sendall(b"plain text\n")
        self.assert_cut(wire)
        (event,) = self.tunnel_events(proxy, action="blocked")
        self.assertEqual(event["reason"], "not-tls")
        self.assertEqual(bytes(b"".join(server.received)), b"")

    def test_a_server_that_speaks_first_is_cut_too(self):
        proxy, server = self.proxy(*BLOCK), self.server(greet)
        self.assert_cut(self.tunnel(proxy, server))
        (event,) = self.tunnel_events(proxy, action="blocked")
        self.assertEqual(event["inner_protocol"], "smtp")

    def test_what_is_allowed_passes_from_its_first_byte(self):
        proxy, server = self.proxy(*BLOCK, "--set", "tunnels.allow=smtp"), self.server(greet)
        wire = self.tunnel(proxy, server)
        self.assertEqual(wire.until(b"\r\n"), b"220 mail.example ESMTP ready\r\n")
        wire.socket.sendall(b"EHLO a\r\n")
        self.assertEqual(wire.until(b"\r\n"), b"EHLO a\r\n")
        wire.close()
        proxy.stop()
        self.assertEqual(proxy.events("tunnel"), [])

    def test_bytes_that_could_be_tls_are_held_for_so_long_and_no_longer(self):
        proxy, server = self.proxy(*BLOCK, "--set", "tunnels.hold=100ms"), self.server()
        wire = self.tunnel(proxy, server)
        wire.socket.sendall(b"\x16\x03\x01")
        self.assert_cut(wire)
        self.assertEqual(bytes(b"".join(server.received)), b"")

    def test_a_tunnel_in_which_nobody_speaks_is_left_alone(self):
        proxy, server = self.proxy(*BLOCK, "--set", "tunnels.hold=10ms"), self.server()
        silent = self.tunnel(proxy, server)
        self.assert_cut(self._plain(proxy, server))  # which takes longer
        silent.socket.setblocking(False)
        with self.assertRaises(BlockingIOError):
            silent.socket.recv(1)

    def _plain(self, proxy, server):
        wire = self.tunnel(proxy, server)
        wire.socket.sendall(b"\x16\x03")
        return wire

    def test_it_is_in_the_access_log_the_metrics_and_the_database(self):
        log, database = self.folder / "access.json", self.folder / "mogura.db"
        proxy = self.proxy(*BLOCK, "--access-log", log, "--set", "logs.access_format=json", "--db", database,
                           "--metrics", "127.0.0.1:0")  # fmt: skip
        server = self.server()
        for _ in range(2):
            wire = self.tunnel(proxy, server)
            wire.socket.sendall(b"SSH-2.0-probe\r\n")
            self.assert_cut(wire)
        self.tunnel_events(proxy, inner_protocol="ssh")
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"http://127.0.0.1:{proxy.metrics_port}/metrics") as answer:
            metrics = answer.read().decode()
        self.assertIn('mogura_proxy_refusals_total{reason="not-tls"} 2', metrics)
        self.assertIn("mogura_proxy_tunnels_not_tls_total 2", metrics)
        proxy.stop()
        records = [json.loads(line) for line in log.read_text().splitlines()]
        self.assertEqual([(record["result"], record["refusal"]) for record in records], 2 * [("TCP_DENIED", "not-tls")])
        with contextlib.closing(sqlite3.connect(database)) as stored:
            alerts = [json.loads(text) for (text,) in stored.execute("SELECT line FROM alerts")]
        self.assertEqual([(alert["kind"], alert["verdict"], alert["destination"]) for alert in alerts],
                         [("verdict", "not-tls", HOST)])  # fmt: skip

    def test_off_says_nothing(self):
        proxy, server = self.proxy(*ANY_PORT, "--set", "tunnels.not_tls=off"), self.server()
        wire = self.tunnel(proxy, server)
        wire.socket.sendall(b"plain text\n")
        self.assertEqual(wire.exactly(11), b"plain text\n")
        wire.close()
        proxy.stop()
        self.assertEqual(proxy.events("tunnel"), [])


class Tls(_Tunnels):
    """With everything on that could cut it."""

    def setUp(self):
        super().setUp()
        need("curl")
        certificate, key = self.make_certificate()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

        def serve(_, wire):
            with context.wrap_socket(wire.socket, server_side=True) as inside:
                while not inside.recv(65536).endswith(HEAD_END):
                    pass
                inside.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n")
                inside.sendall(1_000_000 * b"x")

        self.origin = self.server(serve)
        self.block_all = (*BLOCK, "--set", f"tunnels.patterns={self.pattern_folder()}",
                          "--set", "tunnels.on_match=block")  # fmt: skip

    def test_curl_is_served(self):
        proxy = self.proxy(*self.block_all)
        done = subprocess.run(["curl", "-sSk", "-x", proxy.url, f"https://{self.origin.host}/"], capture_output=True,
                              check=True, timeout=PATIENCE_S, env=environment(self.folder))  # fmt: skip
        self.assertEqual(len(done.stdout), 1_000_000)
        proxy.stop()
        self.assertEqual(proxy.events("tunnel"), [])

    def test_a_hello_in_single_bytes_is_served(self):
        proxy = self.proxy(*self.block_all)
        wire = self.tunnel(proxy, self.origin)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        inside = context.wrap_bio(incoming, outgoing, server_hostname=HOST)
        with contextlib.suppress(ssl.SSLWantReadError):
            inside.do_handshake()
        for byte in outgoing.read():
            wire.socket.sendall(bytes([byte]))
        while True:
            incoming.write(wire.socket.recv(65536))
            try:
                inside.do_handshake()
                break
            except ssl.SSLWantReadError:
                pass
        self.assertEqual(inside.version(), "TLSv1.3")
        wire.close()
        proxy.stop()
        self.assertEqual(proxy.events("tunnel"), [])


class Ssh(_Tunnels):
    """OpenSSH's own client and server, through the tunnel."""

    def setUp(self):
        super().setUp()
        need("ssh", "ssh-keygen")
        program = next((path for path in ("/usr/sbin/sshd", "/usr/bin/sshd") if os.access(path, os.X_OK)), None)
        if program is None or os.geteuid() != 0:
            self.skipTest("sshd is not installed, or this is not root")
        pathlib.Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / name], check=True)
        free = socket.create_server(("127.0.0.1", 0))
        self.port = free.getsockname()[1]
        free.close()
        command = [*TIED_TO_US, program, "-D", "-e", "-f", "/dev/null", "-h", self.folder / "host", "-p", self.port,
                   "-o", "ListenAddress=127.0.0.1", "-o", "StrictModes=no", "-o", "PermitRootLogin=yes",
                   "-o", "UsePAM=no", "-o", f"AuthorizedKeysFile={self.folder}/user.pub",
                   "-o", f"PidFile={self.folder}/pid"]  # fmt: skip
        log = (self.folder / "sshd.log").open("wb")
        self.addCleanup(log.close)
        server = subprocess.Popen([str(word) for word in command], stderr=log)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        wait_until(self._is_there, "sshd")

    def _is_there(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True

    def ssh(self, proxy):
        through = f"{sys.executable} {HERE}/connect_through.py {proxy.port} {HOST}:{self.port}"
        command = ["ssh", "-F", "none", "-i", self.folder / "user", "-o", "StrictHostKeyChecking=no",
                   "-o", f"UserKnownHostsFile={self.folder}/known", "-o", "BatchMode=yes",
                   "-o", f"ProxyCommand={through}", f"{getpass.getuser()}@{HOST}", "echo", "hello"]  # fmt: skip
        return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=PATIENCE_S,
                              check=False, env=environment(self.folder))  # fmt: skip

    def test_by_default_it_works_and_is_seen(self):
        proxy = self.proxy(*ANY_PORT)
        done = self.ssh(proxy)
        self.assertEqual(done.stdout, "hello\n", done.stderr)
        (event,) = self.tunnel_events(proxy)
        self.assertEqual((event["inner_protocol"], event["action"]), ("ssh", "observed"))

    def test_block_cuts_it(self):
        proxy = self.proxy(*BLOCK)
        self.assertEqual(self.ssh(proxy).returncode, 255)
        (event,) = self.tunnel_events(proxy)
        self.assertEqual((event["inner_protocol"], event["action"]), ("ssh", "blocked"))

    def test_allowed_it_works(self):
        proxy = self.proxy(*BLOCK, "--set", "tunnels.allow=ssh")
        done = self.ssh(proxy)
        self.assertEqual(done.stdout, "hello\n", done.stderr)

    def test_a_registered_pattern_cuts_it(self):
        database = self.folder / "mogura.db"
        proxy = self.proxy(*ANY_PORT, "--set", f"tunnels.patterns={self.pattern_folder()}", "--db", database,
                           "--set", "tunnels.on_match=block", "--set", "tunnels.not_tls=off")  # fmt: skip
        self.assertEqual(self.ssh(proxy).returncode, 255)
        (event,) = self.tunnel_events(proxy)
        self.assertEqual((event["reason"], event["action"], event["patterns"]),
                         ("pattern", "blocked", ["ssh-in-connect"]))  # fmt: skip
        proxy.stop()
        with contextlib.closing(sqlite3.connect(database)) as stored:
            alerts = [json.loads(text) for (text,) in stored.execute("SELECT line FROM alerts")]
        self.assertEqual([(alert["kind"], alert["pattern_id"]) for alert in alerts], [("pattern", "ssh-in-connect")])


class OpenVpn(_Tunnels):
    def test_its_client_is_cut_before_its_first_packet_arrives(self):
        need("openvpn")
        certificate, key = self.make_certificate()
        proxy, server = self.proxy(*BLOCK), self.server()
        command = ["openvpn", "--tls-client", "--dev", "null", "--proto", "tcp-client", "--remote", "127.0.0.1",
                   server.port, "--http-proxy", "127.0.0.1", proxy.port, "--ca", certificate, "--cert", certificate, "--key", key,
                   "--connect-retry-max", "1", "--ifconfig-noexec", "--route-noexec"]  # fmt: skip
        client = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(client.wait)
        self.addCleanup(client.kill)
        (event, *_) = self.tunnel_events(proxy)
        self.assertEqual((event["inner_protocol"], event["action"]), ("openvpn", "blocked"))
        self.assertEqual(bytes(b"".join(server.received)), b"")


class Hellos(_Tunnels):
    """The client's hello against the User-Agent of its CONNECT."""

    def test_a_library_under_a_browsers_name_is_seen(self):
        proxy, server = self.proxy(*ANY_PORT), self.server()
        wire = self.enterContext(Wire.to(proxy.port))
        wire.socket.sendall(f"CONNECT {server.host} HTTP/1.1\r\nHost: {server.host}\r\nProxy-Connection: keep-alive\r\n"
                            f"User-Agent: {CHROME}\r\n\r\n".encode())  # fmt: skip
        self.assertIn(b" 200 ", wire.until(HEAD_END))
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        with contextlib.suppress(ssl.SSLWantReadError):
            context.wrap_bio(incoming, outgoing, server_hostname=HOST).do_handshake()
        wire.socket.sendall(outgoing.read())
        (event,) = wait_until(lambda: proxy.events("passive"), "a passive event")
        self.assertEqual((event["host"], event["score"]), (HOST, 0.2))
        self.assertIn("GREASE", str(event["evidence"]))

    def test_chromium_and_firefox_are_not_accused(self):
        for module, kind in ((chromium, chromium.Chromium), (firefox, firefox.Firefox)):
            if module.installed() is None:
                continue
            with self.subTest(kind.__name__):
                proxy, server = self.proxy(*BLOCK), self.server(swallow)
                profile = self.folder / kind.__name__ / "profile"
                profile.mkdir(parents=True)
                with kind(profile, proxy=proxy.url) as browser:
                    browser.start_opening(f"https://{server.host}/")
                    wait_until(lambda seen=server.received: any(seen), "a hello")
                proxy.stop()
                self.assertEqual(proxy.events("passive") + proxy.events("tunnel"), [])


class Patterns(_Tunnels):
    def test_a_match_is_an_event_by_default(self):
        proxy, server = self.proxy(*ANY_PORT, "--set", f"tunnels.patterns={self.pattern_folder()}"), self.server()
        wire = self.tunnel(proxy, server)
        wire.socket.sendall(b"SSH-2.0-probe\r\n")
        self.assertEqual(wire.until(b"\r\n"), b"SSH-2.0-probe\r\n")
        (event,) = self.tunnel_events(proxy, reason="pattern")
        self.assertEqual((event["action"], event["patterns"]), ("observed", ["ssh-in-connect"]))

    def test_a_reload_takes_over_what_was_registered(self):
        folder = self.folder / "patterns"
        folder.mkdir()
        proxy = self.proxy(*ANY_PORT, "--set", f"tunnels.patterns={folder}", "--set", "tunnels.on_match=block")
        server = self.server()
        wire = self.tunnel(proxy, server)
        wire.socket.sendall(b"SSH-2.0-probe\r\n")
        self.assertEqual(wire.until(b"\r\n"), b"SSH-2.0-probe\r\n")
        (folder / "ssh-in-connect.toml").write_text(SSH_PATTERN)
        proxy.reload()
        wait_until(lambda: any("reloaded" in note for note in proxy.notes), "the reload")
        wire = self.tunnel(proxy, server)
        wire.socket.sendall(b"SSH-2.0-probe\r\n")
        self.assert_cut(wire)

    def test_a_folder_that_is_not_there_is_an_error_at_the_start(self):
        done = harness.run("proxy", "--listen", "127.0.0.1:0", "--set", f"tunnels.patterns={self.folder}/none")
        self.assertEqual(done.returncode, 3, done.stderr)


del _Tunnels

if __name__ == "__main__":
    harness.main()
