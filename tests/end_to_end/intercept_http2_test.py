#!/usr/bin/env python3
"""HTTP/2 inside HTTPS that `mogura proxy` opens: with curl, nghttp and h2load, nginx and nghttpd."""

import hashlib
import json
import os
import re
import subprocess

import harness
from http2_lab import Nginx, Program, Relay, free_port
from proxy_harness import Folder, need, wait_until
from tls_lab import Lab, Origin

HOST = "www.example"
SIZES = (0, 1, 16_383, 16_384, 16_385, 65_535, 65_536, 1_000_000)
LARGE = 100_000_000


class LabTest(Folder):
    def setUp(self):
        super().setUp()
        need("openssl", "curl", "nginx")
        (self.folder / "lab").mkdir()

    def lab(self, **more):
        lab = Lab(self.folder / "lab", (HOST,), **more)
        self.addCleanup(lab.__exit__, None, None, None)
        return lab

    def nginx(self, lab):
        nginx = Nginx(self.folder / "nginx", lab.origins.issue(HOST))
        self.addCleanup(nginx.close)
        return nginx

    def enter(self, context):
        self.addCleanup(context.__exit__, None, None, None)
        return context


class Versions(LabTest):
    def versions(self, lab, port, option):
        """What curl spoke, and what the origin says it was spoken to in."""
        url = f"https://{HOST}:{port}/"
        said = lab.curl(url, option, "-D", "-", "-o", "/dev/null", "-w", "used %{http_version}").decode()
        found = re.search(r"(?i)x-protocol: (\S+)", said)
        return re.search(r"used (\S+)", said)[1], found and found[1]

    def test_are_the_same_on_both_sides(self):
        lab = self.lab()
        nginx = self.nginx(lab)
        plain = self.enter(Origin(lab.origins.issue(HOST, file="plain")))
        (nginx.root / "index.html").write_text("page")
        self.assertEqual(self.versions(lab, nginx.port, "--http2"), ("2", "HTTP/2.0"))
        self.assertEqual(self.versions(lab, nginx.port, "--http1.1"), ("1.1", "HTTP/1.1"))
        self.assertEqual(self.versions(lab, plain.port, "--http2"), ("1.1", None))
        self.assertEqual(self.versions(lab, plain.port, "--http1.1"), ("1.1", None))
        self.assertEqual(lab.metric("http2_clients_total"), 1)
        self.assertEqual(lab.metric("http2_origins_total"), 1)

    def test_of_requests_that_are_logged_and_judged_like_any(self):
        lab = self.lab()
        nginx = self.nginx(lab)
        (nginx.root / "index.html").write_text("page")
        jar = self.folder / "jar"
        url = f"https://{HOST}:{nginx.port}/"
        for _ in range(3):
            lab.curl(url, "--http2", "--cookie", jar, "--cookie-jar", jar)
        self.assertIn("ProxySessionID", jar.read_text())
        wait_until(lambda: lab.proxy.challenges("set", host=HOST), "the event")
        lab.proxy.stop()
        lines = [json.loads(line) for line in lab.access_path.read_text().splitlines()]
        self.assertEqual([line["url"] for line in lines if line["method"] == "GET"], [url] * 3)

    def test_pages_of_the_proxy_come_over_http2_too(self):
        lab = self.lab()
        nginx = self.nginx(lab)
        other = f"https://{HOST}:{nginx.port}/"
        self.assertIn(b"421", lab.curl(other, "--http2", "-H", "Host: other.example", "-w", "%{http_code}"))


class Bodies(LabTest):
    def test_come_down_whole(self):
        lab = self.lab()
        nginx = self.nginx(lab)
        for size in (*SIZES, LARGE):
            body = os.urandom(size)
            (nginx.root / str(size)).write_bytes(body)
            with self.subTest(size=size):
                got = lab.curl(f"https://{HOST}:{nginx.port}/{size}", "--http2")
                self.assertEqual(hashlib.sha256(got).digest(), hashlib.sha256(body).digest())

    def test_go_up_whole(self):
        lab = self.lab()
        nginx = self.nginx(lab)
        for size in (*SIZES, LARGE):
            body = os.urandom(size)
            (self.folder / "body").write_bytes(body)
            expected = f"{size} {hashlib.sha256(body).hexdigest()}".encode()
            for more in ((), ("-H", "Transfer-Encoding: chunked")):
                with self.subTest(size=size, more=more):
                    url = f"https://{HOST}:{nginx.port}/up/"
                    got = lab.curl(url, "--http2", "--data-binary", f"@{self.folder / 'body'}", *more)
                    self.assertEqual(got, expected)

    def test_that_break_off_at_the_origin_are_not_taken_for_whole(self):
        lab = self.lab()
        nginx = self.nginx(lab)
        done = lab.curl(f"https://{HOST}:{nginx.port}/up/broken", "--http2", expect=None)
        self.assertNotEqual(done.returncode, 0)
        self.assertLess(len(done.stdout), 1_000_000)
        (nginx.root / "index.html").write_text("page")
        self.assertEqual(lab.curl(f"https://{HOST}:{nginx.port}/", "--http2"), b"page")

    def test_that_nobody_wants_any_more_are_taken_back(self):
        lab = self.lab()
        nginx = self.nginx(lab)
        (nginx.root / "large").write_bytes(bytes(LARGE))
        command = ["curl", "-s", "--http2", "--proxy", lab.proxy.url, "--cacert", lab.certificate]
        client = subprocess.Popen([*map(str, command), f"https://{HOST}:{nginx.port}/large"], stdout=subprocess.PIPE)
        client.stdout.read(1000)
        client.kill()
        client.wait()
        client.stdout.close()
        wait_until(lambda: lab.metric("client_connections") == 0, "nothing is open")


class Trailers(LabTest):
    def test_pass_both_ways(self):
        need("nghttp", "nghttpd")
        lab = self.lab()
        certificate = lab.origins.issue(HOST)
        log, port = self.folder / "nghttpd.log", free_port()
        self.enter(Program(port, "nghttpd", "-v", "--echo-upload", "--trailer", "x-down: 1", port, certificate,
                           certificate, log=log))  # fmt: skip
        relay = self.enter(Relay(lambda: lab.connect(HOST, port)))
        (self.folder / "body").write_bytes(b"body")
        done = subprocess.run(
            ["nghttp", "-v", "--no-dep", "-d", self.folder / "body", "--trailer", "x-up: 2",
             "-H", f":authority: {HOST}:{port}", f"https://127.0.0.1:{relay.port}/"],
            capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
        self.assertIn("x-down: 1", done.stdout)
        self.assertIn("x-up: 2", log.read_text(errors="replace"))


class Streams(LabTest):
    def test_beside_each_other_are_all_served(self):
        need("h2load")
        lab = self.lab()
        nginx = self.nginx(lab)
        (nginx.root / "page").write_bytes(b"x" * 20_000)
        relay = self.enter(Relay(lambda: lab.connect(HOST, nginx.port)))
        done = subprocess.run(
            ["h2load", "-n", "2000", "-c", "4", "-m", "100", f"--connect-to=127.0.0.1:{relay.port}",
             f"https://{HOST}:{nginx.port}/page"],
            capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
        self.assertIn("2000 succeeded, 0 failed, 0 errored", done.stdout, done.stdout + done.stderr)
        self.assertIn("2000 2xx", done.stdout)
        wait_until(lambda: lab.metric("http2_streams_total") == 2000, "all are counted")
        self.assertEqual(lab.metric("http2_clients_total"), 4)

    def test_stop_in_order_with_the_proxy(self):
        lab = self.lab()
        nginx = self.nginx(lab)
        (nginx.root / "index.html").write_text("page")
        lab.curl(f"https://{HOST}:{nginx.port}/", "--http2")
        lab.proxy.stop()


if __name__ == "__main__":
    harness.main()
