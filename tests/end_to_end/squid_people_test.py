#!/usr/bin/env python3
"""The programs of clients_test.py, and Chromium and Firefox, through Squid with `mogura icap` beside it: each gets the
verdict that it gets through mogura's own proxy, and no browser is accused."""

import contextlib

import chromium
import clients_test
import firefox
import harness
from browsing import SHOP, Person
from proxy_harness import Folder, need, wait_until
from squid_harness import Icap, Squid
from web_site import HOSTS, WebSite


class _Together:
    """Squid and service, in the place of a Proxy."""

    def __init__(self, squid, icap):
        self.port, self.url = squid.port, squid.url
        self.verdicts, self.challenges, self.stop = icap.verdicts, icap.challenges, icap.stop


class Programs(clients_test.Verdicts):
    """Some ask four times within a few milliseconds, each time on another connection: so a response counts as delivered at
    once here."""

    def setUp(self):
        Folder.setUp(self)
        need("squid")
        icap = self.enterContext(Icap("--set", "icap.delivery=0ms"))
        names = list(map(clients_test.host_of, clients_test.CLIENTS))
        self.proxy = _Together(self.enterContext(Squid(names, icap.port)), icap)


class _Browsing(Folder):
    driver = kind = None

    def test_a_person_is_not_accused(self):
        need("squid")
        if self.driver.installed() is None:
            self.skipTest(f"{self.kind.__name__} is not installed")
        with contextlib.ExitStack() as stack:
            site = stack.enter_context(WebSite())
            icap = stack.enter_context(Icap("--set", "icap.delivery=2s", challenge="block"))
            squid = stack.enter_context(Squid(HOSTS, icap.port, cache="cache_mem 64 MB"))
            profile = self.folder / "profile"
            profile.mkdir()
            with self.kind(profile, hosts=HOSTS, proxy=squid.url) as browser:
                person = Person(site, None)
                person.browser = browser
                person.browse()
                person.browse()
            wait_until(lambda: icap.verdicts("browser", host=SHOP), lambda: str(icap.events()))
            icap.stop()
            accused = (icap.challenges("suspicious") + icap.verdicts("no-jar") + icap.verdicts("tampering")
                       + icap.events("passive") + [event for event in icap.verdicts() if event["score"] > 0])  # fmt: skip
            self.assertEqual(accused, [])


class ChromiumBrowsing(_Browsing):
    driver, kind = chromium, chromium.Chromium


class FirefoxBrowsing(_Browsing):
    driver, kind = firefox, firefox.Firefox


del _Browsing

if __name__ == "__main__":
    harness.main()
