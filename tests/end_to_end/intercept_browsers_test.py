#!/usr/bin/env python3
"""Chromium and Firefox behind a proxy that opens HTTPS: with the authority's certificate installed they show no
warning, and are never accused; without it they do, and are left alone from then on."""

import json

import chromium
import firefox
import harness
from http2_lab import Nginx
from proxy_harness import Folder, Proxy, need, wait_until
from tls_lab import Handler, Lab, Origin, install

HOST, OTHER = "www.shop.example", "cdn.example.com"
PAGE = """<!DOCTYPE html><title>shop</title><link rel=stylesheet href=/style.css><img src=/picture.svg>
<script>
document.cookie = "own=1; Secure; SameSite=Lax";
fetch("/data").then(answer => answer.text()).then(text => {
  const socket = new WebSocket("wss://" + location.host + "/socket");
  socket.onopen = () => { window.heard = text; };
});
</script><a id=next href=/next>next</a>"""


class Site(Handler):
    """A page with what pages have."""

    def do_GET(self):
        self.server.requests.append((self.command, self.path, dict(self.headers), b"", self.client_address[1]))
        if self.path == "/socket":
            return self._switch()
        kind, body = {"/style.css": ("text/css", b"body { color: teal }"),
                      "/picture.svg": ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
                      "/data": ("text/plain", b"data")}.get(self.path, ("text/html", PAGE.encode()))  # fmt: skip
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Strict-Transport-Security", "max-age=1000")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _switch(self):
        import base64
        import hashlib

        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.wfile.write(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())  # fmt: skip
        self.request.recv(1000)
        self.close_connection = True


class _ABrowser(Folder):
    driver = kind = None

    def setUp(self):
        super().setUp()
        if self.driver is None:
            self.skipTest("for the browsers below")
        if self.driver.installed() is None:
            self.skipTest(f"{self.kind.__name__} is not installed")
        need("certutil")
        (self.folder / "lab").mkdir()
        self.profile = self.folder / "profile"
        self.profile.mkdir()
        self.lab = Lab(self.folder / "lab", [HOST, OTHER])
        self.addCleanup(self.lab.__exit__, None, None, None)
        self.origin = Origin(self.lab.origins.issue(HOST), handler=Site)
        self.addCleanup(self.origin.__exit__)
        self.url = f"https://{HOST}:{self.origin.port}"

    def install(self):
        install(self.lab.certificate, self.driver.trust_store(self.profile))

    def start(self):
        return self.kind(self.profile, proxy=self.lab.proxy.url)

    def test_shows_no_warning_where_the_certificate_is_installed(self):
        self.install()
        with self.start() as browser:
            tab = browser.open(f"{self.url}/")
            tab.wait_for("window.heard == 'data'")
            self.assertEqual(tab.run("document.title"), "shop")
            self.assertTrue(tab.run("window.isSecureContext"))
            for path in ("/next", "/other", "/"):
                tab.go(f"{self.url}{path}")
                tab.wait_for("window.heard == 'data'")
        self.lab.proxy.stop()
        own = [event for event in self.lab.proxy.events() if event["host"] == HOST]
        self.assertEqual([event for event in own if event["event"] == "bypass"], [])
        accused = [event for event in own if event.get("state") == "suspicious" or event.get("score", 0) > 0]
        self.assertEqual([Proxy.brief(event) for event in accused], [])
        self.assertTrue(any(event.get("verdict") == "browser" for event in own), own)
        lines = [json.loads(line) for line in self.lab.access_path.read_text().splitlines()]
        urls = {line["url"] for line in lines if line.get("host") == HOST and line["method"] == "GET"}
        self.assertLessEqual({f"{self.url}/", f"{self.url}/data", f"{self.url}/socket"}, urls)
        self.assertTrue(all("ProxySessionID" not in str(seen[2]) for seen in self.origin.requests))

    def test_speaks_http2_where_the_origin_does(self):
        need("nginx")
        nginx = Nginx(self.folder / "nginx", self.lab.origins.issue(OTHER))
        self.addCleanup(nginx.close)
        pictures = "".join(f"<img src=/{number}.svg>" for number in range(60))
        (nginx.root / "index.html").write_text(f"<!DOCTYPE html><title>pictures</title>{pictures}")
        for number in range(60):
            (nginx.root / f"{number}.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')
        self.install()
        with self.start() as browser:
            tab = browser.open(f"https://{OTHER}:{nginx.port}/")
            for visit in range(3):
                tab.wait_for("document.readyState == 'complete' && document.images.length == 60")
                self.assertEqual(tab.run("[...document.images].filter(each => each.naturalWidth == 1).length"), 60)
                if visit == 0:  # later ones come from the browser's memory
                    spoken = "performance.getEntries().filter(each => each.nextHopProtocol == 'h2').length"
                    self.assertGreaterEqual(tab.run(spoken), 61)
                tab.go(f"https://{OTHER}:{nginx.port}/")
            wait_until(lambda: [event for event in self.lab.proxy.events() if event["host"] == OTHER and
                                event.get("verdict") == "browser"], "it is known for a browser")  # fmt: skip
        self.lab.proxy.stop()
        own = [event for event in self.lab.proxy.events() if event["host"] == OTHER]
        accused = [event for event in own if event.get("state") == "suspicious" or event.get("score", 0) > 0]
        self.assertEqual([Proxy.brief(event) for event in accused], [])

    def test_warns_where_it_is_not_and_is_left_alone_from_then_on(self):
        with self.start() as browser:
            tab = browser.start_opening(f"{self.url}/")
            wait_until(lambda: [event for event in self.lab.proxy.events("bypass") if event["host"] == HOST],
                       "the refusal")  # fmt: skip
            self.assertNotEqual(tab.run("document.title"), "shop")
        self.assertEqual(self.origin.requests, [])


class ChromiumBrowsing(_ABrowser):
    driver, kind = chromium, chromium.Chromium


class FirefoxBrowsing(_ABrowser):
    driver, kind = firefox, firefox.Firefox


if __name__ == "__main__":
    harness.main()
