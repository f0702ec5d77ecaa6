#!/usr/bin/env python3
"""`mogura icap` beside Debian's Squid, and by c-icap's client."""

import contextlib
import http.cookiejar
import http.server
import subprocess
import threading
import time
import urllib.error
import urllib.request

import harness
from proxy_harness import OUR_VALUE, Folder, exempt_client, need, wait_until
from squid_harness import DELIVERY_S, Icap, Squid

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


class Passive(BesideSquid):
    """What is noticed without asking, of requests as Squid passes them on: without the fields for one hop."""

    def first_request(self, fields):
        self.enter()
        with Visitor(self.squid.url, fields).get(self.origin.url()) as answer:
            answer.read()
        wait_until(self.icap.challenges, lambda: str(self.icap.events()))

    def test_a_borrowed_user_agent_is_seen_at_once(self):
        self.first_request({"User-Agent": BROWSER["User-Agent"]})
        (event,) = wait_until(lambda: self.icap.events("passive"), lambda: str(self.icap.events()))
        self.assertEqual((event["client_ip"], event["host"]), ("127.0.0.1", SITE))
        self.assertGreaterEqual(event["score"], 0.1)
        self.assertRegex(event["evidence"][0], "User-Agent says Firefox")

    def test_one_that_says_what_it_is_is_not_noticed(self):
        self.first_request({"User-Agent": "probe/1"})
        self.assertEqual(self.icap.events("passive"), [])


class Policy(BesideSquid):
    AGENT = {"User-Agent": BROWSER["User-Agent"]}

    def test_blocked_it_gets_a_page_and_comes_out_again_with_its_cookies(self):
        self.enter(challenge="block")
        visitor = Visitor(self.squid.url, self.AGENT)
        refused = wait_until(lambda: (answer := visitor.get(self.origin.url())).status == 403 and answer, "a refusal")
        self.assertIn(b"cookies", refused.read())
        (cookie,) = [line.split(";")[0] for line in refused.headers.get_all("Set-Cookie")]
        with visitor.get(self.origin.url(), Cookie=cookie) as answer:
            self.assertEqual((answer.status, answer.read()), (200, b"<p>hello"))
        self.assertIsNone(OUR_VALUE.search(str(self.origin.seen)))

    def test_off_only_takes_out_what_is_left_of_ours(self):
        self.enter(challenge="observe")
        with Visitor(self.squid.url, self.AGENT).get(self.origin.url()) as answer:
            cookie = answer.headers["Set-Cookie"].split(";")[0]
        secret = (self.icap.folder / "secret").read_bytes()
        with Icap("--set", "icap.threads=1", challenge="off") as off:
            off.stop()
            (off.folder / "secret").write_bytes(secret)
            off.start()
            with Squid([SITE], off.port) as squid:
                with Visitor(squid.url, self.AGENT).get(self.origin.url(), Cookie=f"a=1; {cookie}") as answer:
                    self.assertNotIn("Set-Cookie", answer.headers)
        self.assertEqual(self.origin.seen[-1][1]["Cookie"], "a=1")

    def test_the_exempt_are_not_asked(self):
        self.enter("--exempt", exempt_client(self.folder))
        visitor = self.visit(BROWSER, jar=True, times=2)
        self.assertEqual(list(visitor.jar), [])
        self.assertEqual(len(self.icap.verdicts("exempt")), 1)

    def test_a_reload_changes_it(self):
        config = self.folder / "icap.toml"
        config.write_text('[challenge]\nmode = "off"\n')
        with Origin() as origin, Icap("--config", config, challenge=None) as icap, Squid([SITE], icap.port) as squid:
            visitor = Visitor(squid.url, self.AGENT)
            with visitor.get(origin.url()) as answer:
                self.assertNotIn("Set-Cookie", answer.headers)
            config.write_text('[challenge]\nmode = "observe"\n')
            icap.reload()
            with visitor.get(origin.url()) as answer:
                self.assertRegex(answer.headers["Set-Cookie"], OUR_VALUE)

    def test_users_that_squid_knows_are_named(self):
        (self.folder / "check").write_text("#!/bin/sh\nwhile read line; do echo OK; done\n")
        (self.folder / "check").chmod(0o755)
        self.folder.chmod(0o755)
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.origin, self.icap = stack.enter_context(Origin()), stack.enter_context(Icap())
        self.squid = stack.enter_context(Squid(
            [SITE], self.icap.port, access="acl known proxy_auth REQUIRED\nhttp_access allow known",
            more=f"auth_param basic program {self.folder}/check\nauth_param basic realm test"))  # fmt: skip
        self.visit({**self.AGENT, "Proxy-Authorization": "Basic YWxpY2U6c2VjcmV0"}, jar=False, times=2)
        self.assertEqual({event["user"] for event in self.icap.challenges()}, {"alice"})


class Metrics(BesideSquid):
    def test_count_what_squid_asked(self):
        self.enter("--metrics", "127.0.0.1:0")
        self.visit({"User-Agent": BROWSER["User-Agent"]}, jar=False, times=2)
        numbers = self.icap.metrics()
        self.assertEqual(numbers["mogura_icap_requests_total"], 2)
        self.assertEqual(numbers["mogura_icap_responses_total"], 2)
        self.assertEqual(numbers["mogura_icap_challenge_cookies_inserted_total"], 2)
        self.assertGreaterEqual(numbers["mogura_icap_connections_total"], 1)
        self.assertEqual(numbers['mogura_icap_challenge_info{mode="observe"}'], 1)
        self.assertEqual(numbers['mogura_icap_answers_total{kind="partial"}'], 2)
        self.assertEqual(numbers['mogura_icap_passed_total{reason="unpaired"}'], 0)
        self.assertEqual(numbers["mogura_icap_store_up"], 1)
        self.assertEqual(numbers['mogura_icap_log_lines_total{log="events"}'], len(self.icap.events()))


class CIcapClient(Folder):
    """Another implementation of the protocol."""

    def ask(self, icap, *options):
        out = self.folder / "out"
        out.unlink(missing_ok=True)
        command = ["c-icap-client", "-i", "127.0.0.1", "-p", str(icap.port), *map(str, options), "-o", out, "-v"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout + done.stderr, out.read_bytes() if out.exists() else None

    def test_asks_for_options_and_modifications(self):
        need("c-icap-client")
        body = self.folder / "body"
        body.write_bytes(bytes(range(256)) * 1000)
        client = ("-x", "X-Client-IP: 10.0.0.7", "-hx", "User-Agent: probe/1")
        with Icap() as icap:
            said, _ = self.ask(icap, "-s", "respmod")
            self.assertRegex(said, r"Methods: RESPMOD[\s\S]*Preview: 0")
            echoed = 0
            for more in ((), ("-nopreview",), ("-no204",), ("-nopreview", "-no204"), ("-206",)):
                with self.subTest(more):
                    said, _ = self.ask(icap, "-s", "reqmod", "-req", "http://site.example/a", *client, *more)
                    said, got = self.ask(icap, "-s", "respmod", "-f", body, "-resp", "http://site.example/a", *client, *more)
                    if got is not None:  # else 204
                        self.assertEqual(got, body.read_bytes(), said)
                        echoed += 1
            self.assertGreater(echoed, 0)


if __name__ == "__main__":
    harness.main()
