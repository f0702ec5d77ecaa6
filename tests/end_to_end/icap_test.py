#!/usr/bin/env python3
"""`mogura icap` beside Debian's Squid, and by c-icap's client."""

import contextlib
import http.cookiejar
import http.server
import pathlib
import subprocess
import threading
import time
import unittest
import urllib.request

import harness
from proxy_harness import OUR_VALUE, Folder, environment, exempt_client, need, wait_until
from raw_http import Wire
from squid_harness import DELIVERY_S, Icap, Squid, free_port

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}
SITE = "site.example"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        body = b"<p>hello"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        if self.path.startswith("/cached"):
            self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()


class Origin(contextlib.AbstractContextManager):
    def __init__(self):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self.seen = self._server.seen = []
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def url(self, path="/", host=SITE):
        return f"http://{host}:{self.port}{path}"

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class Visitor:
    """Fetches through a proxy, each time on a connection of its own."""

    def __init__(self, proxy, headers, jar=False):
        handlers = [urllib.request.ProxyHandler({"http": proxy})]
        self.jar = http.cookiejar.CookieJar()
        if jar:
            handlers.append(urllib.request.HTTPCookieProcessor(self.jar))
        self._opener = urllib.request.build_opener(*handlers)
        self._headers = headers

    def get(self, url, **more):
        return self.open(urllib.request.Request(url, headers={**self._headers, **more}))

    def open(self, request):
        try:
            return self._opener.open(request, timeout=20)
        except urllib.error.HTTPError as error:
            return error


def pause():
    """Until the last response counts as delivered."""
    time.sleep(DELIVERY_S + 0.1)


class BesideSquid(Folder):
    @classmethod
    def setUpClass(cls):
        need("squid")

    def enter(self, *options, **settings):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.origin = stack.enter_context(Origin())
        self.icap = stack.enter_context(Icap(*options, challenge=settings.pop("challenge", "observe")))
        self.squid = stack.enter_context(Squid([SITE], self.icap.port, **settings))
        return stack

    def visit(self, headers, jar, times=5, path="/"):
        visitor = Visitor(self.squid.url, headers, jar)
        for _ in range(times):
            with visitor.get(self.origin.url(path)) as answer:
                self.last = answer
                answer.read()
            pause()
        return visitor


class Verdicts(BesideSquid):
    def test_one_that_says_it_is_a_browser_and_keeps_no_cookies_is_suspicious(self):
        self.enter()
        self.visit({"User-Agent": BROWSER["User-Agent"]}, jar=False)
        wait_until(lambda: self.icap.challenges("suspicious"), lambda: str(self.icap.events()), 10)
        self.assertEqual([event["verdict"] for event in self.icap.verdicts()], ["no-jar"])

    def test_one_that_keeps_them_is_not(self):
        self.enter()
        visitor = self.visit(BROWSER, jar=True)
        wait_until(lambda: self.icap.verdicts("browser"), str(self.icap.events()))
        self.assertEqual(self.icap.challenges("suspicious"), [])
        self.assertTrue(any(OUR_VALUE.search(cookie.value) for cookie in visitor.jar))
        self.assertIsNone(OUR_VALUE.search(str(self.origin.seen)), "our cookies stay between the client and Squid")


if __name__ == "__main__":
    harness.main()
