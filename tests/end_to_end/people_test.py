#!/usr/bin/env python3
"""Chromium and Firefox, an hour of a person's browsing, on the ways through mogura that browsers_test.py does not know: HTTPS
that the proxy opens, Squid with `mogura icap` beside it, and squid-openssl with ssl_bump. None shows a warning, none is
accused."""

import chromium
import firefox
import harness
from browsing import NEWS, PORTAL, SHOP, Person
from proxy_harness import OUR_VALUE, Folder, Proxy, need, wait_until
from tls_lab import install
from ways import BesideBump, BesideSquid, OpenedHttp2
from web_site import HOSTS, WebSite


# All that can be asked (docs/guides/challenges); pages that are not answered for would accuse them.
_QUESTIONS = "challenge.questions=decoys,revalidation,preload,report,redirect,refresh"


class _Browsing(Folder):
    driver = kind = None
    browser_of = None
    options = {}

    def setUp(self):
        super().setUp()
        if self.driver.installed() is None:
            self.skipTest(f"{self.driver.__name__} is not installed")
        need("certutil")
        self.folder.chmod(0o755)  # Squid gives up being root
        self.site = self.enterContext(WebSite())
        self.way = self.enterContext(self.kind(self.folder / "way", HOSTS, self.site.port, challenge="block",
                                              settings=[_QUESTIONS], **self.options))  # fmt: skip
        self.profile = self.folder / "profile"
        self.profile.mkdir()
        if self.way.authority:
            install(self.way.authority, self.driver.trust_store(self.profile))

    def test_a_person_is_not_accused(self):
        with self.browser_of(self.profile, proxy=self.way.proxy_url) as browser:
            person = Person(self.way, None)
            person.browser = browser
            person.browse()
            person.visit_home()  # with the cookies of the first time
        wait_until(lambda: self.way.verdicts("browser", host=SHOP), lambda: str(self.way.events()))
        self.way.stop()
        self.assert_never_accused()
        self.assert_known_and_spoken_to()

    def assert_never_accused(self):
        # A cookie of the site's under our name is not of our form: said, and no more.
        inconsistent = [event for event in self.way.challenges("inconsistency") if event["reason"] != "not of our form"]
        accused = (self.way.challenges("suspicious") + inconsistent + self.way.events("passive")
                   + self.way.events("bypass") + [event for event in self.way.verdicts() if event["score"] > 0])  # fmt: skip
        self.assertEqual([Proxy.brief(event) for event in accused if event["host"] in HOSTS], [])

    def assert_known_and_spoken_to(self):
        for host in (SHOP, PORTAL, NEWS):
            self.assertEqual({event["verdict"] for event in self.way.verdicts(host=host)}, {"browser"}, host)
        for seen in self.site.requests():
            if seen.path != "/socket" or self.way.authority:  # in a tunnel, our cookie is the two sides' own
                self.assertIsNone(OUR_VALUE.search(repr(seen)), f"what is ours reached a site: {seen}")
        if self.way.speaks_http2:
            pages = [seen.field("x-protocol") for seen in self.site.requests(SHOP, "/")]
            self.assertEqual(set(pages), {"HTTP/2.0"})


class _Opened(_Browsing):
    kind = OpenedHttp2


class _BesideSquid(_Browsing):
    kind = BesideSquid
    options = {"delivery": "2s", "cache": "cache_mem 64 MB"}


class _BesideBump(_Browsing):
    """Squid lets nothing be upgraded unless it is told to."""

    kind = BesideBump
    options = {"delivery": "2s", "cache": "cache_mem 64 MB", "more": "http_upgrade_request_protocols websocket allow all"}


class _Chromium:
    driver, browser_of = chromium, chromium.Chromium


class _Firefox:
    driver, browser_of = firefox, firefox.Firefox


class ChromiumOpened(_Chromium, _Opened):
    pass


class FirefoxOpened(_Firefox, _Opened):
    pass


class ChromiumBesideSquid(_Chromium, _BesideSquid):
    pass


class FirefoxBesideSquid(_Firefox, _BesideSquid):
    pass


class ChromiumBesideBump(_Chromium, _BesideBump):
    pass


class FirefoxBesideBump(_Firefox, _BesideBump):
    pass


del _Browsing, _Opened, _BesideSquid, _BesideBump

if __name__ == "__main__":
    harness.main()
