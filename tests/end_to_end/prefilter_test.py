#!/usr/bin/env python3
"""Who is asked follows the population: once the proxy knows what is ordinary, it asks what is new and what is accused,
and nobody else. Prints how many responses of a thousand had a cookie inserted, before and after.
"""

import http.client
import itertools
import re
import socket

import harness
from proxy_harness import Folder, Proxy, wait_until
from web_site import WebSite

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
# In Chromium's order; others are held against it.
BROWSER = (f"Proxy-Connection: keep-alive\r\nUpgrade-Insecure-Requests: 1\r\nUser-Agent: {CHROME}\r\n"
           "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8\r\n"
           "Accept-Encoding: gzip, deflate\r\nAccept-Language: en-US,en;q=0.9\r\n")  # fmt: skip
UPDATER = "User-Agent: updater/2.1\r\nAccept: */*\r\n"
IMPLANT = f"User-Agent: {CHROME}\r\nAccept: */*\r\n"
HOSTS = [f"site{number}.office.example" for number in range(10)]
NEW_HOST, CALLED = "new.office.example", "called.office.example"
MACHINES = [f"127.0.1.{number}" for number in range(1, 11)]
DROPPED = re.compile(r"__Host-|SameSite=None|Partitioned|nowhere")


class Program:
    """One program on one machine: keeps cookies by host as a browser does, or not at all."""

    def __init__(self, proxy, site, source, fields, has_jar):
        self._proxy, self._site, self._source, self._fields = proxy, site, source, fields
        self._jars = {} if has_jar else None

    def get(self, host):
        """Status, and how many responses had a cookie of the proxy's: 1 or 0."""
        where = f"{host}:{self._site.port}"
        cookies = "; ".join(f"{name}={value}" for name, value in (self._jars or {}).get(host, {}).items())
        line = f"Cookie: {cookies}\r\n" if cookies else ""
        with socket.create_connection(("127.0.0.1", self._proxy.port), 20, (self._source, 0)) as wire:
            wire.sendall(f"GET http://{where}/plain HTTP/1.1\r\nHost: {where}\r\n{self._fields}{line}\r\n".encode())
            answer = http.client.HTTPResponse(wire)
            answer.begin()
            answer.read()
        given = answer.headers.get_all("Set-Cookie", [])
        for line in given:
            if self._jars is not None and not DROPPED.search(line):
                name, _, value = line.partition(";")[0].partition("=")
                self._jars.setdefault(host, {})[name] = value
        return answer.status, bool(given)


class Office(Folder):
    def setUp(self):
        super().setUp()
        self.site = self.enterContext(WebSite())
        self.proxy = self.enterContext(Proxy(
            [*HOSTS, NEW_HOST, CALLED], "--db", self.folder / "mogura.db", "--set", "challenge.population=400",
            "--set", "challenge.refresh=1s", "--set", "challenge.engine_span=0s", "--metrics", "127.0.0.1:0"))  # fmt: skip

    def programs(self):
        for machine in MACHINES:
            yield Program(self.proxy, self.site, machine, BROWSER, True)
            yield Program(self.proxy, self.site, machine, UPDATER, False)

    def round(self, programs, hosts=tuple(HOSTS), times=4):
        """Responses, and those with a cookie."""
        asked = [program.get(host)[1] for _ in range(times) for program, host in itertools.product(programs, hosts)]
        return len(asked), sum(asked)

    def wait_for_analysis(self, program):
        """New responses of an ordinary program at an ordinary host have no cookie any more."""
        wait_until(lambda: not program.get(HOSTS[0])[1], "the population is known")

    def test_what_is_ordinary_is_asked_no_more(self):
        programs = list(self.programs())
        requests, inserted = self.round(programs)
        before = 1000 * inserted / requests
        self.wait_for_analysis(programs[1])
        # The same people, whose browsers were closed and forgot everything: as on the first day.
        programs = list(self.programs())
        requests, inserted = self.round(programs)
        after = 1000 * inserted / requests
        print(f"\ncookies inserted per 1,000 requests: {before:.0f} before there is a population, {after:.0f} after")
        self.assertGreater(before, 500)
        self.assertLess(after, before / 20)

        # What is new is asked until there is a verdict.
        browser, updater = programs[0], programs[1]
        self.assertTrue(browser.get(NEW_HOST)[1])
        stranger = Program(self.proxy, self.site, MACHINES[0], "User-Agent: stranger/1\r\n", False)
        self.assertTrue(stranger.get(HOSTS[0])[1])
        self.assertFalse(updater.get(HOSTS[1])[1])

        # A program in a browser's name is found out as fast as ever, and stays under question.
        implant = Program(self.proxy, self.site, MACHINES[3], IMPLANT, False)
        for _ in range(3):
            implant.get(CALLED)
        # On a busy machine a request may begin before it is written down that the one before was answered.
        wait_until(lambda: self.proxy.verdicts("no-jar", host=CALLED) or not implant.get(CALLED), "a verdict")
        verdict = self.proxy.verdicts("no-jar", host=CALLED)[0]
        self.assertGreater(verdict["score"], 0.5)
        asked = len(self.proxy.challenges("resetvalue", host=CALLED))
        ordinary = Program(self.proxy, self.site, MACHINES[5], BROWSER, True)
        # A browser's verdict at the new host makes it ordinary with the next analysis.
        wait_until(lambda: [browser.get(NEW_HOST) for _ in range(2)] and not Program(
            self.proxy, self.site, MACHINES[6], BROWSER, True).get(NEW_HOST)[1], "the new host is ordinary")  # fmt: skip
        self.assertFalse(ordinary.get(NEW_HOST)[1])
        self.assertTrue(implant.get(CALLED)[1], "still asked, although there is a verdict")
        self.assertGreater(len(self.proxy.challenges(host=CALLED)), asked)
        reasons = {event["reason"] for event in self.proxy.challenges("neverset")}
        self.assertEqual(reasons, {"ordinary"})
        self.assertEqual([event for event in self.proxy.verdicts() if event["score"] >= 0.5 and event["host"] != CALLED], [])


class Everyone(Folder):
    def test_without_a_database_or_by_configuration_everyone_is_asked(self):
        site = self.enterContext(WebSite())
        for options in ((), ("--db", self.folder / "mogura.db", "--set", "challenge.ask=everyone", "--set", "challenge.population=1",
                             "--set", "challenge.refresh=1s")):  # fmt: skip
            with self.subTest(options), Proxy(HOSTS, *options) as proxy:
                for machine in MACHINES:
                    self.assertTrue(Program(proxy, site, machine, BROWSER, True).get(HOSTS[0])[1])


if __name__ == "__main__":
    harness.main()
