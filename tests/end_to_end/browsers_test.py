#!/usr/bin/env python3
"""Chromium and Firefox through the asking proxy: they are never accused, they are recognised, and the web is for them
as it is without the proxy."""

import functools
import urllib.request

import chromium
import firefox
import harness
import web_pages
from browsing import NEWS, PORTAL, SHOP, Person
from proxy_harness import OUR_VALUE, Folder, Proxy, exempt_client, wait_until
from web_site import HOSTS, WebSite

_DOCUMENT = {"User-Agent": "Mozilla/5.0 (probe of a test) Gecko/20100101", "Accept": "text/html"}


def our_cookie_name(proxy, site):
    """What the proxy names its cookie here: of the first answer to somebody new."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy.url}))
    with opener.open(urllib.request.Request(site.url("www.shop.example", "/plain"), headers=_DOCUMENT)) as answer:
        given = answer.headers.get_all("Set-Cookie", [])
    ours = [line.partition("=")[0] for line in given if OUR_VALUE.search(line)]
    assert len(ours) == 1, f"no cookie of the proxy's in {given}"
    return ours[0]


def visited(site):
    """What reached the sites, without what browsers fetch when they like."""
    own = lambda cookies: tuple(cookie for cookie in cookies if not OUR_VALUE.search(cookie))  # noqa: E731
    return {(seen.host, seen.method, seen.path, own(seen.cookies) if seen.path == "/socket" else seen.cookies)
            for seen in site.requests() if seen.path != "/favicon.ico"}  # fmt: skip


class ABrowser(Folder):
    driver = None  # the module
    kind = None  # the class

    def setUp(self):
        super().setUp()
        if self.driver.installed() is None:
            self.skipTest(f"{self.kind.__name__} is not installed")
        self.site = self.enterContext(WebSite())

    def start(self, name="profile", **options):
        profile = self.folder / name
        profile.mkdir(exist_ok=True)
        return self.kind(profile, hosts=HOSTS, **options)

    def proxy(self, *options, **more):
        """Browsers open ws:// through CONNECT to the site's port, which here is any."""
        return self.enterContext(Proxy(HOSTS, "--connect-ports", "all", *options, **more))

    def assert_never_accused(self, proxy):
        proxy.stop()  # so that its events are complete
        # A cookie of the site's under our name is not of our form: said, and no more.
        inconsistent = [event for event in proxy.challenges("inconsistency") if event["reason"] != "not of our form"]
        accused = (proxy.challenges("suspicious") + inconsistent + proxy.events("passive")
                   + [event for event in proxy.verdicts() if event["score"] > 0])  # fmt: skip
        self.assertEqual([Proxy.brief(event) for event in accused], [])

    def assert_ours_stayed_away(self):
        """But for WebSockets: browsers open a tunnel for them, and what is inside one is the two sides' own."""
        for seen in (seen for seen in self.site.requests() if seen.path != "/socket"):
            self.assertIsNone(OUR_VALUE.search(repr(seen)), f"our cookie reached a site: {seen}")
            names = {cookie.partition("=")[0] for cookie in seen.cookies}
            self.assertLessEqual(names, web_pages.COOKIE_NAMES, seen)


class _Browsing(ABrowser):
    def start_named(self, prefix, name, **more):
        return self.start(prefix + name, **more)

    def test_an_hour_is_as_without_the_proxy_and_nobody_is_accused(self):
        proxy = self.proxy()
        # What a browser loads once more by itself depends on its timing: evenings may differ without a proxy, too.
        for evening in range(3):
            start = functools.partial(self.start_named, f"{evening}-direct-")
            Person(self.site, start).spend_the_evening()
            direct = visited(self.site)
            self.site.forget()
            person = Person(self.site, functools.partial(self.start_named, f"{evening}-", proxy=proxy.url))
            person.spend_the_evening(keeps_profile=True)
            proxied = visited(self.site)
            if proxied == direct:
                break
            self.assert_ours_stayed_away()
            self.site.forget()
        person.come_back_next_morning()
        self.assert_never_accused(proxy)
        self.assertEqual(proxy.challenges("inconsistency"), [])
        self.assert_ours_stayed_away()
        for host in (SHOP, PORTAL, NEWS):
            self.assertEqual({event["verdict"] for event in proxy.verdicts(host=host)}, {"browser"}, host)
        self.assertEqual(sorted(proxied - direct), [], "only through the proxy")
        self.assertEqual(sorted(direct - proxied), [], "only without the proxy")

    def test_block_mode_never_blocks_it(self):
        proxy = self.proxy(challenge="block")
        with self.start(proxy=proxy.url) as browser:
            person = Person(self.site, None)
            person.browser = browser
            person.browse()
        self.assert_never_accused(proxy)

    def test_a_session_of_many_tabs_is_no_row_of_misses(self):
        """Browsers write a request's Cookie before it waits for one of the few connections to a host: the last of many
        tabs go out long after the first answer was delivered, and still without what it gave."""
        proxy = self.proxy()
        with self.start(proxy=proxy.url) as browser:
            browser.open(self.site.url(PORTAL, "/landed"))
            tabs = [browser.start_opening(self.site.url(NEWS, f"/slow?{number}")) for number in range(16)]
            for tab in tabs:
                tab.wait_for("location.hostname && document.readyState == 'complete'")
        self.assert_never_accused(proxy)

    def test_frames_that_do_not_say_where_they_are_are_no_misses(self):
        """Their request is that of somebody who typed the address; but in a frame of another site, browsers refuse our
        cookie and send none."""
        proxy = self.proxy()
        with self.start(proxy=proxy.url) as browser:
            tab = browser.open(self.site.url(SHOP, "/landed"))
            for _ in range(5):
                tab.go(self.site.url(SHOP, "/landed"))
                tab.go(self.site.url(SHOP, "/embedder"))
        self.assertEqual(len(self.site.requests("maps.example.org", "/advertisement")), 5)
        self.assert_never_accused(proxy)

    def test_a_site_keeps_its_own_cookie_of_our_name(self):
        proxy = self.proxy()
        name = our_cookie_name(proxy, self.site)
        with self.start(proxy=proxy.url) as browser:
            tab = browser.open(self.site.url(PORTAL, f"/set?{name}=theirs&theme=dark"))
            for _ in range(3):
                tab.go(self.site.url(PORTAL, "/landed"))
        for seen in self.site.requests(PORTAL, "/landed"):
            self.assertEqual(seen.cookies, tuple(sorted((f"{name}=theirs", "theme=dark"))))
        self.assert_never_accused(proxy)

    def test_reloading_the_configuration_does_not_disturb_it(self):
        proxy = self.proxy()
        with self.start(proxy=proxy.url) as browser:
            tab = browser.open(self.site.url(SHOP))
            for _ in range(3):
                proxy.reload()
                tab.go(self.site.url(SHOP, "/websocket"))
                tab.wait_for("window.heard == 'one,two,three'")
        self.assert_never_accused(proxy)


class _BlockingCookies(ABrowser):
    """A browser that is set to refuse cookies cannot be told from a program without a jar."""

    def browse(self, proxy):
        with self.start(proxy=proxy.url, cookies_blocked=True) as browser:
            tab = browser.open(self.site.url(SHOP))
            for path in ("/landed", "/chunked", "/landed"):
                tab.go(self.site.url(SHOP, path))
        self.assertFalse(any(seen.cookie for seen in self.site.requests()), "the setting works")

    def test_without_an_exemption_it_is_suspicious(self):
        proxy = self.proxy("--set", "challenge.engine_span=0s")  # or the test would take that long
        self.browse(proxy)
        self.assertTrue(wait_until(lambda: proxy.challenges("suspicious", host=SHOP), "suspicion"))

    def test_with_the_exemption_it_is_left_alone(self):
        proxy = self.proxy("--exempt", exempt_client(self.folder))
        self.browse(proxy)
        proxy.stop()
        self.assertEqual(proxy.challenges("suspicious"), [])
        self.assertTrue(proxy.verdicts("exempt", host=SHOP))

    def test_with_the_exemption_block_mode_lets_it_through(self):
        proxy = self.proxy("--exempt", exempt_client(self.folder), challenge="block")
        self.browse(proxy)
        self.assertTrue(self.site.requests(SHOP, "/chunked"))
        self.assertEqual(len(self.site.requests(SHOP, "/img/landed.png")), 2)


class ChromiumBrowsing(_Browsing):
    driver, kind = chromium, chromium.Chromium


class ChromiumBlockingCookies(_BlockingCookies):
    driver, kind = chromium, chromium.Chromium


class FirefoxBrowsing(_Browsing):
    driver, kind = firefox, firefox.Firefox

    def test_its_thumbnails_are_no_misses(self):
        """They are fetched in the background, beside the jar."""
        proxy = self.proxy()
        with self.start(proxy=proxy.url) as browser:
            tab = browser.open(self.site.url(SHOP, "/landed"))
            for number in range(4):
                browser.take_thumbnail(self.site.url(SHOP, f"/chunked?{number}"))
            tab.go(self.site.url(SHOP, "/landed"))
        fetched = [seen for seen in self.site.requests(SHOP) if seen.path.startswith("/chunked?")]
        self.assertEqual(len(fetched), 4)
        self.assert_never_accused(proxy)


class FirefoxBlockingCookies(_BlockingCookies):
    driver, kind = firefox, firefox.Firefox


# What the four have in common is not a test of its own.
del _Browsing, _BlockingCookies

if __name__ == "__main__":
    harness.main()
