#!/usr/bin/env python3
"""HTTPS that `mogura proxy` opens: what clients and origins see of it, and what is left alone."""

import contextlib
import json
import os
import pathlib
import socket
import sqlite3
import ssl
import stat
import subprocess
import threading

import harness
from proxy_harness import Folder, need, wait_until
from tls_lab import Handler, Lab, Origin, openssl

HOST = "www.example"


def head(raw):
    """Up to and with the empty line."""
    got = b""
    while not got.endswith(b"\r\n\r\n"):
        piece = raw.recv(1)
        if not piece:
            raise AssertionError(f"closed after {got}")
        got += piece
    return got


class LabTest(Folder):
    def lab(self, names=(HOST,), **more):
        need("openssl", "curl")
        lab = Lab(self.folder / "lab", names, **more)
        self.addCleanup(lab.__exit__, None, None, None)
        return lab

    def setUp(self):
        super().setUp()
        (self.folder / "lab").mkdir()

    def origin(self, certificate, **more):
        origin = Origin(certificate, **more)
        self.addCleanup(origin.__exit__)
        return origin


class Requests(LabTest):
    def test_pass_with_their_bodies_over_one_connection(self):
        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST))
        url = f"https://{HOST}:{origin.port}"
        self.assertEqual(lab.curl(f"{url}/a?b=c", "--data", "body"), b"/a?b=c body")
        self.assertEqual(len(lab.curl(f"{url}/size/3000000")), 3_000_000)
        upload = self.folder / "upload"
        upload.write_bytes(os.urandom(2_000_000))
        self.assertEqual(lab.curl(f"{url}/up", "--data-binary", f"@{upload}"), b"/up " + upload.read_bytes())
        before = len(origin.names)
        both = lab.curl(f"{url}/2", f"{url}/1")
        self.assertEqual(both, b"/1 /2 ")
        self.assertEqual(len(origin.names), before + 1)

    def test_carry_the_challenge(self):
        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST))
        jar = self.folder / "jar"
        for _ in range(3):
            lab.curl(f"https://{HOST}:{origin.port}/", "--cookie", jar, "--cookie-jar", jar)
        self.assertIn("ProxySessionID", jar.read_text())
        self.assertTrue(all("ProxySessionID" not in str(request[2]) for request in origin.requests))
        event = wait_until(lambda: lab.proxy.challenges("set", host=HOST), "the event")[0]
        self.assertEqual(event["url"], f"https://{HOST}:{origin.port}/")

    def test_are_logged_with_their_urls_and_counted(self):
        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST))
        lab.curl(f"https://{HOST}:{origin.port}/a?b=c")
        self.assertEqual(lab.metric("opened_total"), 1)
        self.assertEqual(lab.metric('tls_handshakes_total{side="client",kind="full"}'), 1)
        self.assertEqual(lab.metric('tls_handshakes_total{side="origin",kind="full"}'), 1)
        lab.proxy.stop()
        connect, get = [json.loads(line) for line in lab.access_path.read_text().splitlines()]
        self.assertEqual((connect["method"], connect["url"]), ("CONNECT", f"{HOST}:{origin.port}"))
        self.assertEqual((get["method"], get["url"]), ("GET", f"https://{HOST}:{origin.port}/a?b=c"))

    def test_for_other_servers_are_refused(self):
        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST))
        for line, status in (("CONNECT other.example:443", b"400"), (f"GET http://{HOST}/", b"400"),
                             (f"GET https://{HOST}:{origin.port}/x", b"200")):  # fmt: skip
            with self.subTest(line=line):
                raw = lab.connect(HOST, origin.port)
                with lab.context().wrap_socket(raw, server_hostname=HOST) as client:
                    client.sendall(f"{line} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
                    self.assertEqual(head(client).split()[1], status)

    def test_by_address_get_a_certificate_for_the_address(self):
        lab = self.lab()
        origin = self.origin(lab.origins.issue("127.0.0.1"))
        self.assertEqual(lab.curl(f"https://127.0.0.1:{origin.port}/x"), b"/x ")

    def test_under_a_name_that_none_can_be_are_opened_all_the_same(self):
        # Some programs in Go put the port into their hello, too. It must not be a way to stay closed.
        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST))
        context = lab.context()
        context.check_hostname = False
        with context.wrap_socket(lab.connect(HOST, origin.port), server_hostname=f"{HOST}:{origin.port}") as client:
            self.assertEqual(client.getpeercert()["subjectAltName"], (("DNS", HOST),))
        self.assertEqual(origin.names[-1], HOST)

    def test_of_tls12_clients_pass(self):
        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST))
        url = f"https://{HOST}:{origin.port}/x"
        self.assertEqual(lab.curl(url, "--tls-max", "1.2"), b"/x ")
        lab.curl(url, "--tls-max", "1.1", expect=35)


class Endings(LabTest):
    """A body that ends with its connection is complete only if TLS said goodbye (RFC 9112 §9.8)."""

    def fetch(self, says_goodbye):
        class UntilClose(Handler):
            def do_GET(self):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody")
                self.close_connection = True
                if says_goodbye:
                    with contextlib.suppress(OSError):
                        self.request.unwrap()

        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST), handler=UntilClose)
        context = lab.context()
        got = b""
        with context.wrap_socket(lab.connect(HOST, origin.port), server_hostname=HOST,
                                 suppress_ragged_eofs=False) as client:  # fmt: skip
            client.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            try:
                while piece := client.recv(1000):
                    got += piece
                is_complete = True
            except ssl.SSLEOFError:
                is_complete = False
        self.assertTrue(got.endswith(b"body"), got)
        return is_complete

    def test_with_a_goodbye_have_one_here_too(self):
        self.assertTrue(self.fetch(True))

    def test_without_one_have_none(self):
        self.assertFalse(self.fetch(False))


class Tunnels(LabTest):
    def test_of_listed_hosts_stay_closed(self):
        own = self.folder / "bypass.toml"
        own.write_text('format = 1\n[[bypass]]\nsuffix = "bank.example"\ncomment = "money"\n')
        lab = self.lab(["www.bank.example"], settings=[f"intercept.bypass={own}"])
        origin = self.origin(lab.origins.issue("www.bank.example"))
        url = f"https://www.bank.example:{origin.port}/x"
        self.assertEqual(lab.curl(url, trust=lab.origins.certificate), b"/x ")
        self.assertEqual(lab.metric('unopened_total{reason="listed"}'), 1)
        lab.curl(url, expect=60)

    def test_of_something_else_than_tls_pass_unchanged(self):
        lab = self.lab()
        with socket.create_server(("127.0.0.1", 0)) as server:
            raw = lab.connect(HOST, server.getsockname()[1])
            accepted, _ = server.accept()
            with raw, accepted:
                raw.sendall(b"SSH-2.0-x\r\n")
                self.assertEqual(accepted.recv(100), b"SSH-2.0-x\r\n")
                accepted.sendall(b"SSH-2.0-y\r\n")
                self.assertEqual(raw.recv(100), b"SSH-2.0-y\r\n")
        self.assertEqual(lab.metric('unopened_total{reason="not-tls"}'), 1)

    def test_in_which_the_server_speaks_first_pass_after_a_while(self):
        lab = self.lab(settings=["intercept.hello=1s"])
        with socket.create_server(("127.0.0.1", 0)) as server:
            raw = lab.connect(HOST, server.getsockname()[1])
            accepted, _ = server.accept()
            with raw, accepted:
                accepted.sendall(b"220 hello\r\n")
                self.assertEqual(raw.recv(100), b"220 hello\r\n")
        self.assertEqual(lab.metric('unopened_total{reason="silent"}'), 1)

    def test_of_other_protocols_inside_tls_stay_closed(self):
        lab = self.lab()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        origin = self.origin(lab.origins.issue(HOST), context=context)
        wanted = ssl.create_default_context(cafile=lab.origins.certificate)
        wanted.set_alpn_protocols(["acme-tls/1"])
        with wanted.wrap_socket(lab.connect(HOST, origin.port), server_hostname=HOST) as client:
            self.assertEqual(client.getpeercert()["issuer"], ((("commonName", "Test Roots"),),))
        self.assertEqual(lab.metric('unopened_total{reason="protocol"}'), 1)

    def test_without_http_inside_are_relayed_inside(self):
        class Echo(Handler):
            def handle(self):
                while piece := self.request.recv(1000):
                    self.request.sendall(piece.upper())

        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST), handler=Echo)
        with lab.context().wrap_socket(lab.connect(HOST, origin.port), server_hostname=HOST) as client:
            client.sendall(b"\x00 binary")
            self.assertEqual(client.recv(100), b"\x00 BINARY")

    def test_to_servers_that_ask_for_certificates_stay_closed_at_once(self):
        lab = self.lab()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(lab.origins.certificate)
        origin = self.origin(lab.origins.issue(HOST), context=context)
        own = lab.origins.issue("client.example", extensions="basicConstraints=CA:FALSE\n")
        for _ in range(2):
            got = lab.curl(f"https://{HOST}:{origin.port}/x", "--cert", own, trust=lab.origins.certificate)
            self.assertEqual(got, b"/x ")
        self.assertEqual(lab.metric('unopened_total{reason="client-certificate"}'), 1)
        self.assertEqual(lab.metric('unopened_total{reason="learned"}'), 1)


class BadOrigins(LabTest):
    """As on badssl.com: each must be refused, and the client is told why."""

    def refused(self, lab, port, host=HOST):
        url = f"https://{host}:{port}/"
        page = lab.curl(url, "--write-out", "%{http_code}").decode()
        self.assertTrue(page.endswith("502"), page)
        return page

    def check(self, fault, words, certificate=None, names=(HOST,), host=HOST):
        lab = self.lab(names)
        origin = self.origin(certificate(lab))
        self.assertIn(words, self.refused(lab, origin.port, host))
        self.assertEqual(lab.metric(f'certificate_faults_total{{fault="{fault}"}}'), 1)
        self.assertEqual(origin.requests, [])

    def test_expired(self):
        def make(lab):
            made = lab.origins.issue(HOST)
            index, config = self.folder / "index", self.folder / "ca.cnf"
            index.write_text("")
            (self.folder / "serial").write_text("77")
            config.write_text(f"[ca]\ndefault_ca=d\n[d]\ndatabase={index}\nserial={self.folder}/serial\n"
                              f"new_certs_dir={self.folder}\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n")  # fmt: skip
            openssl("ca", "-batch", "-config", config, "-cert", lab.origins.certificate, "-keyfile", lab.origins.key,
                    "-startdate", "20200101000000Z", "-enddate", "20200201000000Z", "-in", made.with_suffix(".csr"),
                    "-extfile", made.with_suffix(".ext"), "-out", self.folder / "old.crt")  # fmt: skip
            both = self.folder / "old.pem"
            both.write_bytes((self.folder / "old.crt").read_bytes() + made.with_suffix(".key").read_bytes())
            return both

        self.check("expired", "has expired", make)

    def test_for_another_host(self):
        self.check("wrong-host", "is for another name", lambda lab: lab.origins.issue("other.example"))

    def test_wildcard_two_labels_up(self):
        self.check("wrong-host", "is for another name", lambda lab: lab.origins.issue("x", names="DNS:*.sites.example"),
                   ["a.b.sites.example"], "a.b.sites.example")  # fmt: skip

    def test_self_signed(self):
        def make(_):
            both = self.folder / "self.pem"
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3",
                    "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", self.folder / "k",
                    "-out", self.folder / "c")  # fmt: skip
            both.write_bytes((self.folder / "c").read_bytes() + (self.folder / "k").read_bytes())
            return both

        self.check("self-signed", "signed by nobody but itself", make)

    def test_unknown_issuer(self):
        def make(lab):
            return type(lab.origins)(self.folder / "others", "Others").issue(HOST)

        self.check("unknown-issuer", "is signed by somebody who is not known here", make)

    def test_of_the_proxys_own_authority(self):
        # What opens HTTPS is no reason to believe an origin.
        def make(lab):
            wanted = self.folder / "own"
            openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={HOST}",
                    "-keyout", f"{wanted}.key", "-out", f"{wanted}.csr")  # fmt: skip
            pathlib.Path(f"{wanted}.ext").write_text(f"subjectAltName=DNS:{HOST}\n")
            openssl("x509", "-req", "-in", f"{wanted}.csr", "-CA", lab.certificate, "-CAkey",
                    lab.certificate.with_name("ca.key"), "-CAcreateserial", "-days", "3", "-extfile", f"{wanted}.ext",
                    "-out", f"{wanted}.crt")  # fmt: skip
            both = self.folder / "own.pem"
            both.write_bytes(b"".join(pathlib.Path(f"{wanted}.{end}").read_bytes() for end in ("crt", "key")))
            return both

        self.check("unknown-issuer", "is signed by somebody who is not known here", make)

    def test_weak_key(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST, key=("rsa", "rsa_keygen_bits:1024")), context=context)
        self.assertIn("too weak", self.refused(lab, origin.port))
        self.assertEqual(lab.metric('certificate_faults_total{fault="weak"}'), 1)

    def test_weak_signature(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST, digest="sha1"), context=context)
        self.assertIn("too weak", self.refused(lab, origin.port))
        self.assertEqual(lab.metric('certificate_faults_total{fault="weak"}'), 1)

    def test_for_clients_only(self):
        self.check("purpose", "is not meant for servers",
                   lambda lab: lab.origins.issue(HOST, extensions="extendedKeyUsage=clientAuth\n"))  # fmt: skip

    def test_old_tls(self):
        lab = self.lab()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        origin = self.origin(lab.origins.issue(HOST), context=context)
        self.assertIn("No TLS connection could be made", self.refused(lab, origin.port))
        self.assertEqual(lab.metric('tls_failures_total{side="origin"}'), 1)

    def test_no_tls_at_all(self):
        lab = self.lab()
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=lambda: server.accept()[0].sendall(b"HTTP/1.1 400 Bad\r\n\r\n")).start()
            self.assertIn("No TLS connection could be made", self.refused(lab, server.getsockname()[1]))

    def test_the_end_of_the_connection_instead_of_a_page(self):
        lab = self.lab(settings=["intercept.failure=close"])
        origin = self.origin(lab.origins.issue("other.example"))
        lab.curl(f"https://{HOST}:{origin.port}/", expect=35)


class Staples(LabTest):
    """OCSP responses that origins send along."""

    def answer(self, *options, extensions="basicConstraints=CA:FALSE\n", status="V"):
        lab = self.lab()
        made = lab.origins.issue(HOST, extensions=extensions)
        folder = self.folder
        serial = openssl("x509", "-in", made, "-noout", "-serial").decode().strip().partition("=")[2]
        revoked = "261101000000Z" if status == "R" else ""
        (folder / "index").write_text(f"{status}\t401231000000Z\t{revoked}\t{serial}\tunknown\t/CN={HOST}\n")
        openssl("ocsp", "-issuer", lab.origins.certificate, "-cert", made, "-no_nonce", "-reqout", folder / "request")
        openssl("ocsp", "-index", folder / "index", "-CA", lab.origins.certificate, "-rsigner", lab.origins.certificate,
                "-rkey", lab.origins.key, "-reqin", folder / "request", "-respout", folder / "response",
                "-ndays", "1")  # fmt: skip
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        staple = ("-status_file", folder / "response") if status else ()
        server = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", made, "-www",
                                   *map(str, staple), *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # fmt: skip
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "s_server listens")
        page = lab.curl(f"https://{HOST}:{port}/", "--write-out", "%{http_code}").decode()
        return lab, page

    def test_of_a_good_certificate_let_it_pass(self):
        _, page = self.answer()
        self.assertTrue(page.endswith("200"), page)

    def test_of_a_revoked_certificate_refuse_it(self):
        for version in ("-tls1_3", "-tls1_2"):
            with self.subTest(version=version):
                (self.folder / "lab" / "ca.pem").unlink(missing_ok=True)
                (self.folder / "lab" / "ca.key").unlink(missing_ok=True)
                lab, page = self.answer(version, status="R")
                self.assertIn("has been revoked", page)
                self.assertEqual(lab.metric('certificate_faults_total{fault="revoked"}'), 1)

    def test_that_are_demanded_must_be_there(self):
        _, page = self.answer(extensions="basicConstraints=CA:FALSE\ntlsfeature=status_request\n", status="")
        self.assertIn("demands proof that it is not revoked", page)


class PinnedClients(LabTest):
    def test_are_bypassed_after_their_first_refusal(self):
        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST))
        url = f"https://{HOST}:{origin.port}/x"
        lab.curl(url, trust=lab.origins.certificate, expect=60)
        event = wait_until(lambda: lab.proxy.events("bypass"), "the event")[0]
        self.assertEqual(event["host"], HOST)
        self.assertIn("unknown_ca", event["reason"])
        for _ in range(3):
            self.assertEqual(lab.curl(url, trust=lab.origins.certificate), b"/x ")
        self.assertEqual(len(lab.proxy.events("bypass")), 1)
        self.assertEqual(lab.metric("bypasses_learned_total"), 1)
        self.assertEqual(lab.metric('unopened_total{reason="learned"}'), 3)

    def test_that_go_without_a_word_are_bypassed_after_three_times(self):
        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST))
        for _ in range(3):
            lab.context().wrap_socket(lab.connect(HOST, origin.port), server_hostname=HOST).close()
        wait_until(lambda: lab.proxy.events("bypass"), "the event")
        self.assertEqual(lab.curl(f"https://{HOST}:{origin.port}/x", trust=lab.origins.certificate), b"/x ")

    def test_are_not_when_nothing_is_to_be_remembered(self):
        lab = self.lab(settings=["intercept.remember=0"])
        origin = self.origin(lab.origins.issue(HOST))
        for _ in range(2):
            lab.curl(f"https://{HOST}:{origin.port}/x", trust=lab.origins.certificate, expect=60)


class Handshakes(LabTest):
    def test_are_resumed_on_both_sides(self):
        lab = self.lab(["www.example", "other.example"])
        origin = self.origin(lab.origins.issue(HOST))
        other = self.origin(lab.origins.issue("other.example"))
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = lab.context()
            context.minimum_version = context.maximum_version = version

            def ask(session, context=context, host=HOST, port=origin.port):
                raw = lab.connect(host, port)
                with context.wrap_socket(raw, server_hostname=host, session=session) as client:
                    client.sendall(f"GET /x HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                    while client.recv(1000):
                        pass
                    return client.session, client.session_reused

            session, reused = ask(None)
            self.assertFalse(reused)
            _, reused = ask(session)
            self.assertTrue(reused, version)
            session, _ = ask(None)
            _, reused = ask(session, host="other.example", port=other.port)
            self.assertFalse(reused, "a ticket is good for the host that it was given for")
        self.assertTrue(any(origin.resumed))
        self.assertGreaterEqual(lab.metric('tls_handshakes_total{side="client",kind="resumed"}'), 2)
        self.assertGreaterEqual(lab.metric('tls_handshakes_total{side="origin",kind="resumed"}'), 1)

    def test_with_a_thousand_hosts_make_a_thousand_certificates(self):
        names = [f"host{i}.sites.example" for i in range(1000)]
        lab = self.lab(names, settings=["proxy.threads=1"])
        origin = self.origin(lab.origins.issue("x", names="DNS:*.sites.example"))
        context = lab.context()
        for round_ in range(2):
            for name in names:
                with context.wrap_socket(lab.connect(name, origin.port), server_hostname=name) as client:
                    client.sendall(f"GET /x HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
                    self.assertIn(b" 200 ", client.recv(1000))
            self.assertEqual(lab.metric("certificates_made_total"), 1000)
            self.assertEqual(lab.metric("certificates_found_total"), 1000 * round_)

    def test_cut_in_pieces_are_the_same(self):
        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST))
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = lab.context().wrap_bio(incoming, outgoing, server_hostname=HOST)
        with lab.connect(HOST, origin.port) as raw:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

            def step(action):
                while True:
                    try:
                        return action()
                    except ssl.SSLWantReadError:
                        for byte in outgoing.read():
                            raw.sendall(bytes([byte]))
                        incoming.write(raw.recv(65536))

            step(client.do_handshake)
            client.write(f"GET /x HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            self.assertIn(b" 200 ", step(lambda: client.read(1000)))


class Files(LabTest):
    def start(self, *settings):
        sets = [word for each in settings for word in ("--set", each)]
        done = harness.run("proxy", "--listen", "127.0.0.1:0", "--set", "intercept.enabled=true", *sets, timeout=30)
        return done.returncode, done.stderr.decode()

    def test_that_cannot_be_used_are_named(self):
        self.assertEqual(harness.run("ca", "init", self.folder).returncode, 0)
        certificate, key = self.folder / "ca.pem", self.folder / "ca.key"
        good = f"intercept.certificate={certificate}", f"intercept.key={key}"
        status, said = self.start()
        self.assertEqual(status, 2)
        self.assertIn("intercept.enabled needs", said)
        status, said = self.start(*good, "upstream.parent=127.0.0.1:1")
        self.assertIn("upstream.parent", said)
        status, said = self.start(*good, f"intercept.trust={key}")
        self.assertIn("holds no certificates", said)
        key.chmod(0o640)
        status, said = self.start(*good)
        self.assertEqual(status, 2)
        self.assertIn("is open to others", said)
        config = self.folder / "proxy.toml"
        config.write_text(f'[intercept]\nenabled = true\ncertificate = "{certificate}"\nkey = "{key}"\n')
        checked = harness.run("config", "check", config)
        self.assertEqual(checked.returncode, 2)
        self.assertIn(b"is open to others", checked.stderr)
        key.chmod(0o600)
        self.assertEqual(harness.run("config", "check", config).returncode, 0)

    def test_of_the_key_are_the_only_place_of_it(self):
        database = self.folder / "sessions.db"
        lab = Lab(self.folder / "lab", [HOST], settings=[f"logs.database={database}"])
        with lab:
            origin = self.origin(lab.origins.issue(HOST))
            lab.curl(f"https://{HOST}:{origin.port}/secret-path", "--header", "Authorization: Basic c2VjcmV0")
            lab.proxy.stop()
            key = (lab.folder / "ca.key").read_text().splitlines()[1]
            self.assertEqual(stat.S_IMODE((lab.folder / "ca.key").stat().st_mode), 0o600)
            written = [lab.access_path, lab.proxy.events_path, *self.folder.glob("sessions.db*")]
            for path in written:
                text = path.read_bytes()
                self.assertNotIn(b"PRIVATE KEY", text)
                self.assertNotIn(key.encode(), text)
                self.assertNotIn(b"c2VjcmV0", text)
            self.assertNotIn("PRIVATE", "".join(lab.proxy.notes))


class Sessions(LabTest):
    def recorded(self, is_opened):
        """Of one request, by HTTPS that is opened or not."""
        folder = self.folder / f"opened-{is_opened}"
        folder.mkdir()
        database = folder / "sessions.db"
        settings = [f"logs.database={database}", f"intercept.enabled={str(is_opened).lower()}"]
        with Lab(folder, [HOST], settings=settings) as lab:
            origin = self.origin(lab.origins.issue(HOST))
            lab.curl(f"https://{HOST}:{origin.port}/x", trust=None if is_opened else lab.origins.certificate)
            lab.proxy.stop()
        with contextlib.closing(sqlite3.connect(database)) as connection:
            return [json.loads(line) for (line,) in connection.execute("select line from sessions")]

    def test_are_those_of_tunnels(self):
        (opened,), (closed,) = self.recorded(True), self.recorded(False)
        for key in ("kind", "methods", "status", "host", "sni", "alpn", "tls_version", "ja3", "ja4", "inner_protocol"):
            with self.subTest(key=key):
                if key == "host":
                    self.assertEqual(opened[key].partition(":")[0], closed[key].partition(":")[0])
                else:
                    self.assertEqual(opened[key], closed[key])
        self.assertEqual((opened["kind"], opened["sni"], opened["inner_protocol"]), ("ssl", HOST, "tls"))
        self.assertFalse(opened["truncated"])


class Reloading(LabTest):
    def test_takes_new_bypasses_without_closing_what_is_open(self):
        own = self.folder / "bypass.toml"
        own.write_text("format = 1\n")
        lab = self.lab(settings=[f"intercept.bypass={own}"])
        origin = self.origin(lab.origins.issue(HOST))
        with lab.context().wrap_socket(lab.connect(HOST, origin.port), server_hostname=HOST) as client:
            client.sendall(f"GET /x HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            self.assertIn(b" 200 ", head(client))
            self.assertEqual(client.recv(3), b"/x ")
            own.write_text(f'format = 1\n[[bypass]]\nhost = "{HOST}"\ncomment = "c"\n')
            lab.proxy.reload()
            wait_until(lambda: any("reloaded" in note for note in lab.proxy.notes), "the note")
            client.sendall(f"GET /y HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            self.assertIn(b" 200 ", head(client))
        self.assertEqual(lab.curl(f"https://{HOST}:{origin.port}/z", trust=lab.origins.certificate), b"/z ")


class WebSockets(LabTest):
    def test_pass_inside(self):
        class Switching(Handler):
            def do_GET(self):
                self.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                 b"Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n")  # fmt: skip
                while piece := self.request.recv(65536):
                    self.wfile.write(piece)
                self.close_connection = True

        lab = self.lab()
        origin = self.origin(lab.origins.issue(HOST), handler=Switching)
        with lab.context().wrap_socket(lab.connect(HOST, origin.port), server_hostname=HOST) as client:
            client.sendall(f"GET /chat HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())  # fmt: skip
            self.assertIn(b" 101 ", head(client))
            message = os.urandom(200_000)
            threading.Thread(target=client.sendall, args=(message,)).start()
            got = b""
            while len(got) < len(message):
                got += client.recv(65536)
            self.assertEqual(got, message)


if __name__ == "__main__":
    harness.main()
