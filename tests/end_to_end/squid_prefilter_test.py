#!/usr/bin/env python3
"""Beside Squid, too, who is asked follows the population, and what Squid asks about is kept as sessions: the same that its
log tells of."""

import contextlib
import json
import socket
import sqlite3
import subprocess
import urllib.request

import harness
import prefilter_test
from icap_test import BROWSER, SITE, Origin, Visitor
from prefilter_test import CALLED, HOSTS, NEW_HOST
from proxy_harness import Folder, need, wait_until
from squid_harness import Icap, Squid
from web_site import WebSite


class _Together:
    """Squid and service, in the place of a Proxy."""

    def __init__(self, squid, icap):
        self.port = squid.port
        self.challenges, self.verdicts = icap.challenges, icap.verdicts
        self._icap = icap

    def wait_for_verdict(self, verdict, **fields):
        return wait_until(lambda: self._icap.verdicts(verdict, **fields), lambda: str(self._icap.events()))


class Office(prefilter_test.Office):
    def setUp(self):
        Folder.setUp(self)
        need("squid")
        self.site = self.enterContext(WebSite())
        icap = self.enterContext(Icap(
            "--db", self.folder / "mogura.db", "--set", "challenge.population=800", "--set", "challenge.refresh=1s", "--set",
            "challenge.engine_span=0s", "--set", "icap.delivery=0ms"))  # fmt: skip
        squid = self.enterContext(Squid([*HOSTS, NEW_HOST, CALLED], icap.port))
        self.proxy = _Together(squid, icap)


class Sessions(Folder):
    def visit(self, squid, origin):
        visitor = Visitor(squid.url, BROWSER)
        for path in ("/a", "/b?c=d", "/cached", "/cached"):
            with visitor.get(origin.url(path)) as answer:
                answer.read()
        with visitor.open(urllib.request.Request(origin.url("/post"), b"12345", BROWSER)) as answer:
            answer.read()
        with visitor.get(f"http://{SITE}:1/nobody") as answer:  # Squid answers itself
            self.assertEqual(answer.status, 503)
            answer.read()
        with socket.create_connection(("127.0.0.1", squid.port), 20) as wire:
            where = f"{SITE}:{origin.port}"
            wire.sendall(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n\r\n".encode())
            self.assertIn(b" 200 ", wire.makefile("rb").readline())

    def clients_kept(self, *options):
        """Of the sessions in a database, after two requests."""
        database = self.folder / f"{len(options)}.db"
        with Origin() as origin, Icap("--db", database, *options) as icap, Squid([SITE], icap.port) as squid:
            for path in ("/a", "/b"):
                with Visitor(squid.url, BROWSER).get(origin.url(path)) as answer:
                    answer.read()
        with contextlib.closing(sqlite3.connect(database)) as opened:
            return [client for (client,) in opened.execute("SELECT client FROM sessions")]

    def test_are_kept_as_the_configuration_says(self):
        need("squid")
        self.assertEqual(self.clients_kept(), ["127.0.0.1"] * 2)
        self.assertEqual(self.clients_kept("--set", "icap.sessions=false"), [])
        first, second = self.clients_kept("--redact", "clients", "--quiet")
        self.assertEqual(first, second)
        self.assertNotIn("127.0.0.1", first)

    def sessions_of(self, log):
        done = subprocess.run([harness.MOGURA, "analyze", "--quiet", "--sessions", "-", log], capture_output=True,
                              text=True, check=True)  # fmt: skip
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"')]

    def test_are_those_of_the_log(self):
        need("squid")
        with Origin() as origin, Icap("--db", self.folder / "mogura.db", "--metrics", "127.0.0.1:0") as icap:
            with Squid([SITE], icap.port, cache="cache_mem 16 MB", more="strip_query_terms off") as squid:
                self.visit(squid, origin)
                log = squid.folder / "access.log"
                wait_until(lambda: len(log.read_text().splitlines()) >= 7, "Squid's log")
                logged = self.sessions_of(log)
            self.assertEqual(icap.metrics()['mogura_icap_database_lost_total{what="sessions"}'], 0)
            icap.stop()
        with contextlib.closing(sqlite3.connect(self.folder / "mogura.db")) as database:
            kept = [json.loads(line) for (line,) in database.execute("SELECT line FROM sessions ORDER BY start_us")]
        about = [[(one["methods"], one["destination"], one["client_ip"], one["kind"]) for one in sorted(all, key=lambda one: one["start"])]
                 for all in (kept, logged)]  # fmt: skip
        self.assertEqual(*about, "each request once, and no other")
        self.assertEqual(len(kept), 7)
        self.assertEqual({one["user_agent"] for one in kept if one["kind"] == "get-post"}, {BROWSER["User-Agent"]})
        self.assertTrue(all(one["client_port"] for one in kept))
        # Nothing is seen of what Squid answers itself, out of its cache or with a page of its own; nor to a CONNECT.
        self.assertEqual([one.get("status", []) for one in kept], [[200], [200], [200], [], [200], [], []])
        self.assertEqual([one["http"]["body_bytes_down"] for one in kept[:3]], [8] * 3)
        self.assertEqual(kept[4]["http"]["body_bytes_up"], 5)


if __name__ == "__main__":
    harness.main()
