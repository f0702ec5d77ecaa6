#!/usr/bin/env python3
"""Everyday behaviour of `mogura proxy`: who may go where, passwords, loops, Max-Forwards, Expect, a parent proxy, several
listeners and IPv6, the access log and sessions that `mogura analyze` understands, metrics, events, configuration.
"""

import base64
import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import unittest

import harness
import http_shapes
import pcapgen
import proxy_harness
from proxy_harness import OUR_VALUE, wait_until
from raw_http import (
    HEAD_END, Origin, Proxy, Response, Wire, answering, ask, connect, field, fields_of, get, read_request, response,
)  # fmt: skip

BROWSER = tuple(line.decode() for line in http_shapes.BROWSER)
PAGE = response(b"<p>page", b"200 OK", b"Content-Type: text/html")
ANY_PORT = '[access]\nconnect_ports = "all"\n'


def page_origin(**options):
    return answering(lambda head, _: PAGE[: PAGE.index(HEAD_END) + 4] if head.startswith(b"HEAD ") else PAGE, **options)


def has_ipv6():
    with contextlib.suppress(OSError), Origin(lambda wire: None, host="::1"):
        return True
    return False


def connect_status(port, target, *lines, **options):
    wire, answer = connect(port, target, *lines, **options)
    wire.close()
    return int(answer.split()[1])


class AccessRules(unittest.TestCase):
    def test_clients_outside_the_networks_are_refused(self):
        with page_origin() as origin, Proxy(config='[access]\nclients = ["127.0.5.0/24"]\n') as proxy:
            for source, status in (("127.0.5.1", 200), ("127.0.5.255", 200), ("127.0.6.1", 403), ("127.0.0.1", 403)):
                with self.subTest(source):
                    self.assertEqual(ask(proxy.port, get(origin.host), source=source).status, status)

    def test_connect_reaches_allowed_ports_only(self):
        with Origin(lambda wire: None) as origin:
            with Proxy(config=f"[access]\nconnect_ports = [443, {origin.port}]\n") as proxy:
                self.assertEqual(connect_status(proxy.port, origin.host), 200)
                for port in (22, 25, 80, 8080, 1, 65535):
                    with self.subTest(port):
                        self.assertEqual(connect_status(proxy.port, f"127.0.0.1:{port}"), 403)

    def test_private_destinations_are_refused_unless_named(self):
        with Proxy(config=ANY_PORT) as proxy:  # which names 127.0.0.0/8
            for host in ("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
                         "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[ff02::1]",
                         "[::ffff:10.0.0.1]", "[::ffff:192.168.0.1]", "[64:ff9b::a00:1]"):  # fmt: skip
                with self.subTest(host):
                    self.assertEqual(ask(proxy.port, get(f"{host}:8080")).status, 403)
                    self.assertEqual(connect_status(proxy.port, f"{host}:443"), 403)

    def test_names_of_private_destinations_are_refused_too(self):
        with page_origin() as origin, Proxy("--set", "access.destinations=10.1.2.0/24", names=("site.test",)) as proxy:
            self.assertEqual(ask(proxy.port, get(f"site.test:{origin.port}")).status, 403)  # 127.0.0.1
            self.assertEqual(ask(proxy.port, get("nowhere.test:8080")).status, 502)

    def test_schemes_other_than_http_are_not_forwarded(self):
        with Proxy() as proxy:
            for scheme in ("https", "ftp", "file", "gopher"):
                with self.subTest(scheme), Wire.to(proxy.port) as wire:
                    wire.send(f"GET {scheme}://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                    self.assertEqual(Response(wire).status, 400)

    def test_a_refusal_keeps_the_connection_and_escapes_what_it_repeats(self):
        with page_origin() as origin, Proxy() as proxy, Wire.to(proxy.port) as wire:
            wire.send(get("10.0.0.1", "/<script>alert(1)</script>"))
            answer = Response(wire)
            self.assertEqual(answer.status, 403)
            self.assertNotIn(b"<script>", answer.body)
            wire.send(get(origin.host))
            self.assertEqual(Response(wire).status, 200)


class Passwords(proxy_harness.Folder):
    USERS = {"bcrypt": "-B", "apr1": "-m", "sha1": "-s", "sha512": "-5", "sha256": "-2"}

    def setUp(self):
        super().setUp()
        proxy_harness.need("htpasswd")
        self.file = self.folder / "users"
        for number, (user, way) in enumerate(self.USERS.items()):
            subprocess.run(["htpasswd", "-b", way, *(["-c"] if number == 0 else []), self.file, user, f"pass:{user} é"],
                           check=True, capture_output=True)  # fmt: skip
        self.access_log = self.folder / "access.log"
        config = f'[access]\nhtpasswd = "{self.file}"\nrealm = "the office"\nconnect_ports = "all"\n'
        self.proxy = Proxy("--access-log", self.access_log, config=config)
        self.addCleanup(lambda: self.proxy.__exit__(None, None, None) if self.proxy.is_running() else None)

    @staticmethod
    def credentials(user, password):
        return f"Proxy-Authorization: Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"

    def test_without_a_password_407_and_the_connection_stays(self):
        came = []

        def serve(wire):
            while (request := read_request(wire)) is not None:
                came.append(request[0])
                wire.send(PAGE)

        with Origin(serve) as origin, Wire.to(self.proxy.port) as wire:
            for user in self.USERS:
                self.assertTrue(self.proxy.is_running(), self.proxy.notes)
                for line, status in (((), 407), ((self.credentials(user, "wrong"),), 407), ((self.credentials("nobody", "x"),), 407),
                                     (("Proxy-Authorization: Basic !!!",), 407), (("Proxy-Authorization: Bearer x",), 407),
                                     ((self.credentials(user, f"pass:{user} é"),), 200)):  # fmt: skip
                    with self.subTest(user=user, line=line):
                        wire.send(get(origin.host, f"/{user}", *line))
                        answer = Response(wire)
                        self.assertEqual(answer.status, status)
                        if status == 407:
                            self.assertRegex(field(answer.head, b"proxy-authenticate"), rb'^Basic realm="the office"')
        self.assertEqual(len(came), len(self.USERS))
        for head in came:
            self.assertIsNone(field(head, b"proxy-authorization"), "the password goes on to the origin")

    def test_an_upload_without_a_password_is_refused_and_what_follows_is_not_misread(self):
        with page_origin() as origin, Wire.to(self.proxy.port) as wire:
            smuggled = get(origin.host, "/smuggled", self.credentials("sha1", "pass:sha1 é"))
            wire.send(get(origin.host, "/", f"Content-Length: {len(smuggled)}", method="POST") + smuggled)
            self.assertEqual(Response(wire).status, 407)
            wire.half_close()
            self.assertEqual(wire.to_the_end(), b"")

    def test_tunnels_need_one_too(self):
        with Origin(lambda wire: wire.to_the_end()) as origin:
            self.assertEqual(connect_status(self.proxy.port, origin.host), 407)
            self.assertEqual(connect_status(self.proxy.port, origin.host, self.credentials("apr1", "pass:apr1 é")), 200)

    def test_the_name_and_never_the_password_is_in_the_log(self):
        with page_origin() as origin:
            ask(self.proxy.port, get(origin.host, "/named", self.credentials("bcrypt", "pass:bcrypt é")))
            ask(self.proxy.port, get(origin.host, "/wrong", self.credentials("bcrypt", "otherpassword")))
        self.proxy.stop()
        log = self.access_log.read_text()
        self.assertRegex(log, r"TCP_MISS/200 \d+ GET \S+/named bcrypt ")
        self.assertRegex(log, r"TCP_DENIED/407 \d+ GET \S+/wrong ")
        for secret in ("pass", "cGFzc", base64.b64encode(b"bcrypt:otherpassword").decode()[8:]):
            self.assertNotIn(secret, log.replace("/pass", ""))
            self.assertNotIn(secret, "\n".join(self.proxy.notes))


class Loops(unittest.TestCase):
    def test_a_proxy_asked_for_itself(self):
        with Proxy() as proxy:
            for method in ("GET", "OPTIONS"):
                self.assertEqual(ask(proxy.port, get(f"127.0.0.1:{proxy.port}", method=method)).status, 508)
            self.assertLess(proxy.descriptors(), 100)

    def test_two_proxies_that_are_each_others_parent(self):
        with Proxy() as first, Proxy(config=f'[upstream]\nparent = "127.0.0.1:{first.port}"\n') as second:
            with Proxy(config=f'[upstream]\nparent = "127.0.0.1:{second.port}"\n') as third:
                self.assertEqual(ask(third.port, get(f"127.0.0.1:{third.port}")).status, 508)

    def test_a_via_of_another_proxy_of_the_same_name_is_no_loop(self):
        with page_origin() as origin, Proxy() as proxy:
            self.assertEqual(ask(proxy.port, get(origin.host, "/", "Via: 1.1 mogura")).status, 200)

    def test_a_path_of_endlessly_many_proxies(self):
        with page_origin() as origin, Proxy() as proxy:
            vias = ", ".join(f"1.1 proxy{number}" for number in range(100))
            self.assertEqual(ask(proxy.port, get(origin.host, "/", f"Via: {vias}")).status, 508)


class Hops(unittest.TestCase):
    def asked(self, proxy, method, *lines):
        """The answer, and the head that came to the origin or None."""
        came = []

        def answer(head, body):
            came.append(head)
            return response(b"" if method == "HEAD" else b"origin")

        with answering(answer) as origin:
            got = ask(proxy.port, get(origin.host, "/", *lines, method=method), method.encode())
        return got, came[0] if came else None

    def test_max_forwards(self):
        with Proxy() as proxy:
            for method in ("OPTIONS", "TRACE"):
                with self.subTest(method):
                    answer, head = self.asked(proxy, method, "Max-Forwards: 0", "X-Field: seen", "Cookie: secret=1")
                    self.assertEqual((answer.status, head), (200, None))
                    self.assertNotIn(b"secret", answer.body)
                    answer, head = self.asked(proxy, method, "Max-Forwards: 2")
                    self.assertEqual((answer.body, field(head, b"max-forwards")), (b"origin", b"1"))
                    answer, head = self.asked(proxy, method)
                    self.assertIsNone(field(head, b"max-forwards"))
                    answer, head = self.asked(proxy, method, "Max-Forwards: x")
                    self.assertEqual((answer.status, head), (400, None))
            answer, head = self.asked(proxy, "GET", "Max-Forwards: 0")
            self.assertEqual(answer.body, b"origin")

    def test_expectations_nobody_knows(self):
        with Proxy() as proxy:
            answer, head = self.asked(proxy, "GET", "Expect: miracles")
            self.assertEqual((answer.status, head), (417, None))

    def test_options_of_everything(self):
        with Proxy() as proxy, answering(lambda head, body: response(head.split(b" ")[1])) as origin, Wire.to(proxy.port) as wire:
            wire.send(f"OPTIONS http://{origin.host} HTTP/1.1\r\nHost: {origin.host}\r\n\r\n".encode())
            self.assertEqual(Response(wire).body, b"*")

    def test_forwarded_for_only_when_wanted(self):
        with Proxy() as silent, Proxy(config="[proxy]\nforwarded_for = true\n") as telling:
            self.assertIsNone(field(self.asked(silent, "GET")[1], b"x-forwarded-for"))
            self.assertEqual(field(self.asked(telling, "GET")[1], b"x-forwarded-for"), b"127.0.0.1")
            answer, head = self.asked(telling, "GET", "X-Forwarded-For: 192.0.2.7")
            values = b", ".join(value for name, value in fields_of(head) if name == b"x-forwarded-for")
            self.assertEqual(values, b"192.0.2.7, 127.0.0.1")


class Jar:
    """As a browser keeps cookies of one host on plain HTTP."""

    def __init__(self):
        self.cookies = {}

    def lines(self):
        return [f"Cookie: {'; '.join(f'{name}={value}' for name, value in self.cookies.items())}"] if self.cookies else []

    def take(self, head):
        for name, value in fields_of(head):
            if name == b"set-cookie":
                key, _, text = value.split(b";")[0].decode().partition("=")
                if not (key.startswith("__") or b"SameSite=None" in value or b"Partitioned" in value or b"Path=/." in value):
                    self.cookies[key] = text


class Parents(unittest.TestCase):
    def test_two_proxies_both_ask_and_a_browser_satisfies_both(self):
        came = []

        def answer(head, body):
            came.append(head)
            return PAGE

        with answering(answer) as origin, Proxy() as parent:
            with Proxy(config=f'[upstream]\nparent = "127.0.0.1:{parent.port}"\n') as child:
                jar = Jar()
                for number in range(8):
                    got = ask(child.port, get(origin.host, f"/{number}", *BROWSER, *jar.lines()))
                    self.assertEqual(got.status, 200)
                    jar.take(got.head)
                given = [value for value in jar.cookies.values() if OUR_VALUE.fullmatch(value)]
                self.assertEqual(len(given), 4, f"of each the cookie, and the decoy that may be returned: {jar.cookies}")
                for proxy in (parent, child):
                    self.assertEqual([proxy.brief(event) for event in proxy.challenges("suspicious")], [])
                    self.assertEqual([proxy.brief(event) for event in proxy.challenges("inconsistency")], [])
                    proxy.wait_for_verdict("browser")
        for head in came:
            self.assertIsNone(field(head, b"cookie"), "a cookie of ours went to the origin")
            vias = b", ".join(value for name, value in fields_of(head) if name == b"via")
            self.assertEqual(vias.count(b"1.1 mogura"), 2)

    def test_tunnels_pass_both(self):
        with Origin(lambda wire: wire.send(wire.exactly(3).upper())) as origin, Proxy(config=ANY_PORT) as parent:
            with Proxy(config=f'{ANY_PORT}[upstream]\nparent = "127.0.0.1:{parent.port}"\n') as child:
                with Wire.to(child.port) as wire:
                    wire.send(f"CONNECT {origin.host} HTTP/1.1\r\nHost: {origin.host}\r\n\r\nabc".encode())
                    self.assertRegex(wire.until(HEAD_END), rb"^HTTP/1\.1 200 ")
                    self.assertEqual(wire.exactly(3), b"ABC")

    def test_a_parents_refusal_of_a_tunnel_is_passed_on(self):
        with Proxy(config="[access]\nconnect_ports = [443]\n") as parent:
            with Proxy(config=f'{ANY_PORT}[upstream]\nparent = "127.0.0.1:{parent.port}"\n') as child:
                self.assertEqual(connect_status(child.port, "127.0.0.1:22"), 403)

    def test_a_parent_that_is_not_there(self):
        with Proxy(config='[upstream]\nparent = "127.0.0.1:1"\n[timeouts]\nconnect = 2\n') as proxy:
            self.assertEqual(ask(proxy.port, get("site.example")).status, 502)
            self.assertEqual(connect_status(proxy.port, "site.example:443"), 502)

    def test_names_are_the_parents_business(self):
        seen = []
        with answering(lambda head, body: seen.append(head) or PAGE) as parent:
            with Proxy(config=f'[upstream]\nparent = "{parent.host}"\n') as proxy:
                self.assertEqual(ask(proxy.port, get("nowhere.invalid", "/x")).status, 200)
        self.assertTrue(seen[0].startswith(b"GET http://nowhere.invalid/x HTTP/1.1\r\n"), seen)


class SquidParent(proxy_harness.Folder):
    def test_requests_and_tunnels_through_squid(self):
        proxy_harness.need("squid")
        with contextlib.ExitStack() as stack:
            with Origin(lambda wire: None) as probe:
                port = probe.port
            config = self.folder / "squid.conf"
            config.write_text(f"http_port 127.0.0.1:{port}\ncache deny all\naccess_log none\ncache_store_log none\npid_filename none\n"
                              f"cache_log {self.folder}/cache.log\ncoredump_dir {self.folder}\npinger_enable off\n"
                              "http_access allow all\nshutdown_lifetime 0 seconds\n")  # fmt: skip
            self.folder.chmod(0o777)
            squid = subprocess.Popen(["squid", "-N", "-f", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(lambda: (squid.terminate(), squid.wait()))
            wait_until(lambda: _is_open(port), "squid listens")
            proxy = stack.enter_context(Proxy(config=f'{ANY_PORT}[upstream]\nparent = "127.0.0.1:{port}"\n'))
            origin = stack.enter_context(page_origin())
            with Wire.to(proxy.port) as wire:
                for number in range(3):
                    wire.send(get(origin.host, f"/{number}", *BROWSER))
                    self.assertEqual(Response(wire).body, b"<p>page")
                wire.send(get(origin.host, "/", "Transfer-Encoding: chunked", method="POST") + b"3\r\nabc\r\n0\r\n\r\n")
                self.assertEqual(Response(wire).status, 200)
            sink = stack.enter_context(Origin(lambda wire: wire.send(wire.exactly(3).upper())))
            wire, answer = connect(proxy.port, sink.host)
            self.assertRegex(answer, rb"^HTTP/1\.1 200 ")
            wire.send(b"abc")
            self.assertEqual(wire.to_the_end(), b"ABC")
            wire.close()


def _is_open(port):
    with contextlib.suppress(OSError), Wire.to(port):
        return True
    return False


class Listeners(unittest.TestCase):
    def test_several_at_once(self):
        with page_origin() as origin, Proxy("--listen", "127.0.0.2:0", "--listen", "127.0.0.3:0") as proxy:
            where = wait_until(lambda: len(proxy.listening_ports()) == 3 and proxy.listening_ports(), "three lines")
            for host, port in where:
                self.assertEqual(ask(port, get(origin.host), host=host).status, 200)

    def test_ipv6_on_both_sides(self):
        if not has_ipv6():
            self.skipTest("no IPv6 on loopback")
        with page_origin(host="::1") as origin:
            with Proxy("--listen", "[::1]:0", "--allow-destination", "::1/128", config=ANY_PORT) as proxy:
                port = wait_until(lambda: dict(proxy.listening_ports()).get("::1"), "a listener of IPv6")
                self.assertEqual(ask(port, get(origin.host), host="::1").body, b"<p>page")
                self.assertEqual(connect_status(port, origin.host, host="::1"), 200)
                self.assertEqual(proxy.challenges()[0]["client_ip"] if proxy.challenges() else "::1", "::1")

    def test_an_address_in_use_is_said_and_is_a_failure(self):
        with Origin(lambda wire: None) as taken:
            done = harness.run("proxy", "--challenge", "off", "--listen", taken.host)
            self.assertIn(done.returncode, (3, 4))
            self.assertIn(taken.host.encode(), done.stderr)
            notes = [line for line in done.stderr.splitlines() if b"staying root" not in line]
            self.assertEqual(len(notes), 1, done.stderr)


class Records(proxy_harness.Folder):
    """What the proxy writes is what the rest of the program reads."""

    def use(self, proxy):
        """Some traffic; returns what went over each client connection, as (from client, to client) in order."""
        connections = []
        with page_origin() as origin:
            self.host = origin.host
            with Wire.to(proxy.port) as wire:
                turns = []
                for request in (get(origin.host, "/a", *BROWSER), get(origin.host, "/b?q=1", *BROWSER, method="HEAD"),
                                get(origin.host, "/c", *BROWSER, "Content-Length: 3", method="POST") + b"abc"):  # fmt: skip
                    wire.send(request)
                    answer = Response(wire, request.split(b" ")[0])
                    turns.append((request, answer.head + answer.body))
                connections.append(turns)
        with Origin(lambda wire: wire.send(b"SSH-2.0-Own_1.0\r\n") and [wire.send(wire.exactly(4).upper()) for _ in range(12)]) as origin:
            self.tunnel = origin.host
            wire, answer = connect(proxy.port, origin.host, BROWSER[0])
            request = f"CONNECT {origin.host} HTTP/1.1\r\nHost: {origin.host}\r\n{BROWSER[0]}\r\n\r\n".encode()
            turns = [(request, answer), (b"", wire.exactly(17))]
            for number in range(12):
                data = b"ab%02d" % number
                wire.send(data)
                turns.append((data, wire.exactly(4)))
            wire.close()
            connections.append(turns)
        return connections

    def test_the_access_log_reads_back(self):
        log = self.folder / "access.log"
        with Proxy("--access-log", log, config=ANY_PORT) as proxy:
            self.use(proxy)
            ask(proxy.port, get("10.0.0.1", "/ with space".replace(" ", "%20"), 'User-Agent: "quoted" é'))
        lines = log.read_text().splitlines()
        self.assertEqual(len(lines), 5, lines)
        for line in lines:
            self.assertRegex(line, r"^\d+\.\d{3} +\d+ 127\.0\.0\.1 (TCP_MISS|TCP_TUNNEL|TCP_DENIED)/\d{3} \d+ [A-Z]+ \S+ - "
                                   r"(HIER_DIRECT/127\.0\.0\.1|HIER_NONE/-) \S+")  # fmt: skip
        sessions = harness.sessions_of(log, options=("--format", "squid"))
        seen = [(session["kind"], session["destination"]) for session in sessions]
        self.assertIn(("connect", self.tunnel), seen)
        self.assertIn(("get-post", self.host), seen)
        automatic = harness.sessions_of(log)
        self.assertEqual(len(automatic), len(sessions))

    def test_the_access_log_as_json(self):
        log = self.folder / "access.json"
        with Proxy("--access-log", log, config=f'{ANY_PORT}[logs]\naccess_format = "json"\n') as proxy:
            self.use(proxy)
            ask(proxy.port, get("10.0.0.1", "/", b'User-Agent: "\xff\\'.decode("latin-1")))
        records = [json.loads(line) for line in log.read_bytes().splitlines()]
        # The tunnel's line comes when both of its sides are closed.
        self.assertEqual(sorted((record["method"], record["status"]) for record in records),
                         [("CONNECT", 200), ("GET", 200), ("GET", 403), ("HEAD", 200), ("POST", 200)])  # fmt: skip

    KEPT = ("kind", "destination", "methods", "status", "user_agent", "host", "urls_count", "inner_protocol", "exchanges_up",
            "exchanges_down", "via")  # fmt: skip

    def test_sessions_are_those_that_a_capture_gives(self):
        database = self.folder / "sessions.db"
        with Proxy("--db", database, config=ANY_PORT) as proxy:
            connections = self.use(proxy)
        with contextlib.closing(sqlite3.connect(database)) as opened:
            recorded = [json.loads(line) for (line,) in opened.execute("SELECT line FROM sessions ORDER BY start_us")]
        packets = []
        for number, turns in enumerate(connections):
            conversation = pcapgen.Conversation(start=1_700_000_000_000_000 + number * 60_000_000, client=("127.0.0.1", 40_000 + number),
                                                server=("127.0.0.1", proxy.port)).open()  # fmt: skip
            for up, down in turns:
                conversation.up(up) if up else None
                conversation.down(down)
            packets += conversation.close().packets
        capture = self.folder / "same.pcap"
        pcapgen.write_pcap(capture, packets)
        captured = harness.sessions_of(capture)
        self.assertEqual(len(recorded), len(captured))
        for mine, theirs in zip(recorded, captured):
            with self.subTest(theirs["kind"]):
                self.assertEqual({key: mine.get(key) for key in self.KEPT}, {key: theirs.get(key) for key in self.KEPT})
                self.assertEqual(mine["client_ip"], "127.0.0.1")
                self.assertEqual((mine["gaps_bytes"], mine["truncated"]), (theirs["gaps_bytes"], theirs["truncated"]))


class Metrics(unittest.TestCase):
    def test_what_happened_is_counted(self):
        with Proxy("--metrics", "127.0.0.1:0", config=ANY_PORT) as proxy, page_origin() as origin:
            wait_until(lambda: proxy.metrics_port, "the metrics' port")
            before = self.numbers(proxy)
            for _ in range(3):
                ask(proxy.port, get(origin.host, "/", *BROWSER))
            ask(proxy.port, get("10.0.0.1"))
            connect_status(proxy.port, origin.host)
            # Whoever has the answer may be ahead of the counter.
            after = wait_until(lambda: self.with_a_tunnel(proxy), "the tunnel is counted")
        grown = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
        self.assertTrue(any("request" in name for name in grown), grown)
        self.assertTrue(any("refus" in name and 'destination"' in name and count == 1 for name, count in grown.items()), grown)
        self.assertTrue(any("tunnel" in name and count == 1 for name, count in grown.items()), grown)
        self.assertTrue(any('state="suspicious"' in name or 'state="set"' in name for name in grown), grown)
        self.assertFalse([name for name in after if not name.startswith(("mogura_", "exposer_", "process_"))])

    def with_a_tunnel(self, proxy):
        numbers = self.numbers(proxy)
        return numbers if numbers.get("mogura_proxy_tunnels_total") else None

    @staticmethod
    def numbers(proxy):
        with Wire.to(proxy.metrics_port) as wire:
            wire.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            text = Response(wire).content.decode()
        found = (re.fullmatch(r"(\w+(?:\{.*\})?) (\S+)", line) for line in text.splitlines() if not line.startswith("#"))
        return {match[1]: float(match[2]) for match in found}


class Events(unittest.TestCase):
    NOW = ("--set", "challenge.engine_span=0s")  # or what looks like a browser would have to go on for two seconds
    STATES = {"set", "addvalue", "resetvalue", "neverset", "suspicious", "inconsistency"}

    def test_each_line_is_as_documented(self):
        with Proxy(*self.NOW) as proxy, page_origin() as origin:
            for number in range(5):
                ask(proxy.port, get(origin.host, f"/{number}", *BROWSER))
            proxy.wait_for_verdict("no-jar")
            wait_until(lambda: proxy.challenges("suspicious"), "suspicious")
            for event in proxy.events():
                self.assertRegex(event["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
                self.assertEqual((event["client_ip"], event["user_agent"]), ("127.0.0.1", BROWSER[0].partition(" ")[2]))
                self.assertEqual(event["host"], "127.0.0.1")
                if event["event"] == "challenge":
                    self.assertIn(event["state"], self.STATES)
                    self.assertTrue({"url", "misses", "issued"} <= set(event), event)
                else:
                    self.assertEqual(event["event"], "verdict")
                    self.assertTrue(0 <= event["score"] <= 1 and event["evidence"], event)
            suspicious = proxy.challenges("suspicious")[0]
            self.assertGreaterEqual(suspicious["misses"], 2)

    def test_blocked_when_told_to(self):
        with Proxy(*self.NOW, challenge="block") as proxy, page_origin() as origin:
            statuses = [ask(proxy.port, get(origin.host, f"/{number}", *BROWSER)).status for number in range(6)]
            self.assertEqual((statuses[0], statuses[-1]), (200, 403), statuses)
            # Others are not concerned.
            self.assertEqual(ask(proxy.port, get(origin.host, "/", *BROWSER), source="127.0.7.1").status, 200)
            self.assertEqual(ask(proxy.port, get(origin.host, "/", "User-Agent: other/1.0")).status, 200)

    def test_nothing_is_inserted_when_off(self):
        with Proxy(challenge="off") as proxy, page_origin() as origin:
            for _ in range(5):
                self.assertIsNone(field(ask(proxy.port, get(origin.host, "/", *BROWSER)).head, b"set-cookie"))
            self.assertEqual(proxy.events(), [])

    def test_values_are_good_for_every_proxy_with_the_secret_and_over_restarts(self):
        with proxy_harness.tempfile.TemporaryDirectory() as folder:
            secret = os.path.join(folder, "secret")
            given = set()
            for _ in range(2):
                with Proxy("--secret", secret) as proxy, page_origin() as origin:
                    jar = Jar()
                    jar.take(ask(proxy.port, get("127.0.0.1:%d" % origin.port, "/", *BROWSER)).head)
                    given |= set(jar.cookies.items())
            self.assertEqual(len(given), 1, given)
            self.assertEqual(os.stat(secret).st_mode & 0o777, 0o600)


class Configuration(proxy_harness.Folder):
    def check(self, text, *more):
        path = self.folder / "proxy.toml"
        path.write_text(text)
        return harness.run("config", "check", path, *more)

    def test_what_is_shown_can_be_read(self):
        shown = harness.run("config", "show")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertEqual(self.check(shown.stdout.decode()).returncode, 0)
        for section in ("proxy", "access", "upstream", "timeouts", "limits", "challenge", "state", "logs"):
            self.assertIn(f"[{section}]", shown.stdout.decode())

    def test_mistakes_are_named_with_file_line_and_key(self):
        for text, named in (("[access]\n\nconnect_portz = [443]\n", ("line 3", "connect_portz", "connect_ports")),
                            ("[acess]\n", ("line 1", "acess", "access")), ("[timeouts]\nhead = \"soon\"\n", ("line 2", "timeouts.head")),
                            ("[limits]\nconnections = 0\n", ("line 2", "limits.connections")),
                            ("[challenge]\nmode = \"maybe\"\n", ("line 2", "challenge.mode")), ("[access\n", ("line 1",))):  # fmt: skip
            with self.subTest(text):
                done = self.check(text)
                self.assertEqual(done.returncode, 2)
                for word in ("proxy.toml", *named):
                    self.assertIn(word, done.stderr.decode())

    def test_a_wrong_file_stops_the_start(self):
        path = self.folder / "proxy.toml"
        path.write_text("[nothing]\n")
        done = harness.run("proxy", "--config", path, "--listen", "127.0.0.1:0")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"proxy.toml line 1", done.stderr)

    def test_a_password_of_redis_is_not_shown(self):
        path = self.folder / "proxy.toml"
        path.write_text('[state]\nstore = "redis://:opensesame@127.0.0.1:6379/0"\n')
        for arguments in (("config", "show", path), ("config", "check", path)):
            done = harness.run(*arguments)
            self.assertNotIn(b"opensesame", done.stdout + done.stderr)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    harness.main()
