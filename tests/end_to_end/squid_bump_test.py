#!/usr/bin/env python3
"""`mogura icap` beside Debian's squid-openssl with ssl_bump: what is inside HTTPS is asked about like plain HTTP, and no
browser is accused."""

import contextlib
import http.server
import ssl
import subprocess
import threading

import chromium
import firefox
import harness
from proxy_harness import OUR_VALUE, Folder, environment, need, wait_until
from squid_harness import Icap, Squid, squid_openssl
from tls_lab import Authority

SITE = "site.example"
BROWSERS = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


PAGE = """<!DOCTYPE html><title>shop</title><link rel=stylesheet href=/style.css><img src=/picture.svg><script>
document.cookie = "own=1; Secure; SameSite=Lax";
fetch("/data").then(answer => answer.text()).then(text => fetch("/form", {method: "POST", body: text}))
              .then(answer => answer.text()).then(text => { window.heard = text; });
</script>"""
PARTS = {"/style.css": ("text/css", "body { color: teal }"), "/data": ("text/plain", "data"), "/page": ("text/html", "<p>hello"),
         "/picture.svg": ("image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg"/>')}  # fmt: skip


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append(dict(self.headers))
        kind, body = PARTS.get(self.path, ("text/html", PAGE))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.path = "/data"
        self.do_GET()

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


class _Together(Folder):
    def setUp(self):
        super().setUp()
        need("curl", "openssl")
        squid = squid_openssl()
        self.folder.chmod(0o755)
        self.authority = Authority(self.folder / "ours", "test CA")
        self.authority.folder.chmod(0o755)
        self.authority.key.chmod(0o644)
        origins = Authority(self.folder / "origins")
        origins.folder.chmod(0o755)
        helper = squid / "usr/lib/squid/security_file_certgen"
        subprocess.run([helper, "-c", "-s", self.folder / "certificates", "-M", "4MB"], capture_output=True, check=True)
        subprocess.run(["chmod", "-R", "a+rwX", self.folder / "certificates"], check=True)
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.origin = _Server(("127.0.0.1", 0), _Handler)
        self.origin.seen = []
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(origins.issue(SITE))
        self.origin.socket = tls.wrap_socket(self.origin.socket, server_side=True)
        threading.Thread(target=self.origin.serve_forever, daemon=True).start()
        stack.callback(lambda: (self.origin.shutdown(), self.origin.server_close()))
        self.icap = stack.enter_context(Icap())
        self.squid = stack.enter_context(Squid(
            [SITE], self.icap.port, program=squid / "usr/sbin/squid",
            listening=f"ssl-bump generate-host-certificates=on tls-cert={self.authority.certificate} "
                      f"tls-key={self.authority.key}",
            more=f"sslcrtd_program {helper} -s {self.folder}/certificates -M 4MB\n"
                 "acl first at_step SslBump1\nssl_bump peek first\nssl_bump bump all\n"
                 f"tls_outgoing_options cafile={origins.certificate}"))  # fmt: skip


class Bumped(_Together):
    def get(self, *options):
        url = f"https://{SITE}:{self.origin.server_address[1]}/page"
        done = subprocess.run(["curl", "-sS", "--fail", "-x", self.squid.url, "--cacert", self.authority.certificate, *options, url],
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


class _Browsing(_Together):
    driver = kind = None

    def database(self):
        """Where the browser looks for authorities."""
        raise NotImplementedError

    def setUp(self):
        if self.driver.installed() is None:
            self.skipTest(f"{self.kind.__name__} is not installed")
        need("certutil")
        super().setUp()
        self.profile = self.folder / "profile"
        self.profile.mkdir()
        where = self.database()
        where.mkdir(parents=True, exist_ok=True)
        for words in (("-N", "--empty-password"), ("-A", "-t", "C,,", "-n", "Test CA", "-i", self.authority.certificate)):
            subprocess.run(["certutil", "-d", f"sql:{where}", *words], check=True, capture_output=True)

    def test_a_browser_is_known_for_one_and_not_accused(self):
        url = f"https://{SITE}:{self.origin.server_address[1]}"
        with self.kind(self.profile, proxy=self.squid.url) as browser:
            tab = browser.open(f"{url}/")
            for path in ("/next", "/other", "/"):
                tab.wait_for("window.heard == 'data'")
                tab.go(f"{url}{path}")
            tab.wait_for("window.heard == 'data'")
            wait_until(lambda: self.icap.verdicts("browser", host=SITE), lambda: str(self.icap.events()))
        self.icap.stop()
        accused = (self.icap.challenges("suspicious") + self.icap.events("passive")
                   + [event for event in self.icap.verdicts() if event["score"] > 0])  # fmt: skip
        self.assertEqual(accused, [])
        self.assertIsNone(OUR_VALUE.search(str(self.origin.seen)))


class ChromiumBrowsing(_Browsing):
    driver, kind = chromium, chromium.Chromium

    def database(self):
        return self.folder / ".pki" / "nssdb"


class FirefoxBrowsing(_Browsing):
    driver, kind = firefox, firefox.Firefox

    def database(self):
        return self.profile


del _Browsing

if __name__ == "__main__":
    harness.main()
