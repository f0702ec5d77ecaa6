#!/usr/bin/env python3
"""`mogura icap` beside Debian's squid-openssl with ssl_bump: what is inside HTTPS is asked about like plain HTTP."""

import contextlib
import http.server
import ssl
import subprocess
import threading

import harness
from proxy_harness import OUR_VALUE, Folder, environment, need, wait_until
from squid_harness import Icap, Squid, squid_openssl

SITE = "site.example"
BROWSERS = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append(dict(self.headers))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "8")
        self.end_headers()
        self.wfile.write(b"<p>hello")

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


class Bumped(Folder):
    def setUp(self):
        super().setUp()
        need("curl", "openssl")
        squid = squid_openssl()
        self.folder.chmod(0o755)
        for name in ("ca", "origin"):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-days", "2", "-subj", f"/CN={SITE if name == 'origin' else 'test CA'}", "-addext",
                            f"subjectAltName=DNS:{SITE}", "-keyout", self.folder / f"{name}.key",
                            "-out", self.folder / f"{name}.pem"], capture_output=True, check=True)  # fmt: skip
        (self.folder / "ca.key").chmod(0o644)
        helper = squid / "usr/lib/squid/security_file_certgen"
        subprocess.run([helper, "-c", "-s", self.folder / "certificates", "-M", "4MB"], capture_output=True, check=True)
        subprocess.run(["chmod", "-R", "a+rwX", self.folder / "certificates"], check=True)
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.origin = _Server(("127.0.0.1", 0), _Handler)
        self.origin.seen = []
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.folder / "origin.pem", self.folder / "origin.key")
        self.origin.socket = tls.wrap_socket(self.origin.socket, server_side=True)
        threading.Thread(target=self.origin.serve_forever, daemon=True).start()
        stack.callback(lambda: (self.origin.shutdown(), self.origin.server_close()))
        self.icap = stack.enter_context(Icap())
        self.squid = stack.enter_context(Squid(
            [SITE], self.icap.port, program=squid / "usr/sbin/squid",
            listening=f"ssl-bump generate-host-certificates=on tls-cert={self.folder}/ca.pem tls-key={self.folder}/ca.key",
            more=f"sslcrtd_program {helper} -s {self.folder}/certificates -M 4MB\n"
                 "acl first at_step SslBump1\nssl_bump peek first\nssl_bump bump all\n"
                 f"tls_outgoing_options cafile={self.folder}/origin.pem"))  # fmt: skip

    def get(self, *options):
        url = f"https://{SITE}:{self.origin.server_address[1]}/page"
        done = subprocess.run(["curl", "-sS", "--fail", "-x", self.squid.url, "--cacert", self.folder / "ca.pem", *options, url],
                              capture_output=True, text=True, check=False, env=environment(self.folder), timeout=30)  # fmt: skip
        self.assertEqual((done.returncode, done.stdout), (0, "<p>hello"), done.stderr + self.squid.said()[-1500:])

    def test_one_that_says_it_is_a_browser_and_keeps_no_cookies_is_suspicious(self):
        def visit():
            self.get("-A", BROWSERS)
            return self.icap.challenges("suspicious", host=SITE)

        (event, *_) = wait_until(visit, lambda: str(self.icap.events()))
        self.assertTrue(event["url"].startswith(f"https://{SITE}:"), event)
        self.assertTrue(self.icap.verdicts("no-jar"))
        self.assertIsNone(OUR_VALUE.search(str(self.origin.seen)))

    def test_one_that_keeps_them_is_not(self):
        jar = self.folder / "jar"

        def visit():
            self.get("-A", "probe/1", "-b", jar, "-c", jar)
            return self.icap.verdicts("cookie-jar", host=SITE)

        wait_until(visit, lambda: str(self.icap.events()))
        self.assertEqual(self.icap.challenges("suspicious"), [])
        self.assertTrue(OUR_VALUE.search(jar.read_text()))
        self.assertIsNone(OUR_VALUE.search(str(self.origin.seen)))


if __name__ == "__main__":
    harness.main()
