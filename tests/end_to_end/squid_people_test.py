#!/usr/bin/env python3
"""Chromium and Firefox through Squid with `mogura icap` beside it: neither is accused."""

import contextlib

import chromium
import firefox
import harness
from browsing import SHOP, Person
from proxy_harness import Folder, need, wait_until
from squid_harness import Icap, Squid
from web_site import HOSTS, WebSite


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
            accused = icap.challenges("suspicious") + icap.verdicts("no-jar") + icap.verdicts("tampering")
            self.assertEqual(accused, [])


class ChromiumBrowsing(_Browsing):
    driver, kind = chromium, chromium.Chromium


class FirefoxBrowsing(_Browsing):
    driver, kind = firefox, firefox.Firefox


del _Browsing

if __name__ == "__main__":
    harness.main()
