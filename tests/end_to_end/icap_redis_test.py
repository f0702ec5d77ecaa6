#!/usr/bin/env python3
"""Two Squids, each with a `mogura icap` beside it, that share their states in a real Redis; and Redis going away."""

import contextlib
import threading

import harness
from icap_test import BROWSER, SITE, Origin, Visitor, pause
from proxy_faults_test import RedisServer
from proxy_harness import OUR_VALUE, Folder, need, wait_until
from squid_harness import Icap, Squid

AGENT = {"User-Agent": BROWSER["User-Agent"]}


class Shared(Folder):
    def setUp(self):
        super().setUp()
        need("squid")
        self.redis = RedisServer(self.folder)
        self.addCleanup(self.redis.kill)
        self.origin = self.enterContext(Origin())
        self.icaps = [self.enterContext(Icap("--state", self.redis.url, "--set", f"challenge.secret={self.folder}/secret",
                                             "--metrics", "127.0.0.1:0")) for _ in range(2)]  # fmt: skip
        self.squids = [self.enterContext(Squid([SITE], icap.port)) for icap in self.icaps]

    def visit(self, number, agent=AGENT):
        with Visitor(self.squids[number % 2].url, agent).get(self.origin.url(f"/{number}")) as answer:
            self.assertEqual((answer.status, answer.read()), (200, b"<p>hello"))
            return answer.headers.get_all("Set-Cookie", [])

    def is_judged(self, name):
        """A program without a jar, a request here and a request there."""
        agent = {"User-Agent": f"{AGENT['User-Agent']} {name}"}
        for number in range(4):
            self.visit(number, agent)
            pause()
        return [event for icap in self.icaps for event in icap.challenges("suspicious", user_agent=agent["User-Agent"])]

    def test_what_one_has_given_the_other_expects(self):
        self.assertEqual(len(self.visit(0)), 1)
        pause()
        self.visit(1)
        pause()
        wait_until(lambda: self.icaps[1].challenges("resetvalue"), lambda: str(self.icaps[1].events()))
        (event,) = self.icaps[1].challenges("resetvalue")
        self.assertEqual(event["misses"], 1, "the cookie that the first service gave was missed by the second")
        wait_until(lambda: self.is_judged("both"), "a verdict of the two together", 20)

    def test_without_redis_everything_goes_on_unjudged_until_it_is_back(self):
        self.redis.kill()
        answers = [self.visit(number) for number in range(4)]
        self.assertEqual(answers, [[]] * 4, "nothing is inserted without a store")
        for icap in self.icaps:
            wait_until(lambda icap=icap: icap.challenges(reason="store-unavailable"), lambda icap=icap: str(icap.events()))
            wait_until(lambda icap=icap: "not there" in str(icap.notes), lambda icap=icap: str(icap.notes))
            self.assertEqual(icap.metrics()["mogura_icap_store_up"], 0)
            self.assertGreater(icap.metrics()["mogura_icap_store_unavailable_total"], 0)
            self.assertEqual(icap.challenges("suspicious"), [])
        self.redis.start()
        wait_until(lambda: any(OUR_VALUE.search(line) for line in self.visit(0) + self.visit(1)), "asked again", 15)
        for icap in self.icaps:
            wait_until(lambda icap=icap: "there again" in str(icap.notes), lambda icap=icap: str(icap.notes))
            wait_until(lambda icap=icap: icap.metrics()["mogura_icap_store_up"] == 1, "the store is up")
        wait_until(lambda: self.is_judged("later"), "judging works again", 20)

    def test_killed_and_started_again_under_load_nobody_notices(self):
        failures, seen, over = [], [0], threading.Event()

        def load(number):
            while not over.is_set():
                try:
                    self.visit(number)
                except (AssertionError, OSError) as error:
                    failures.append(repr(error))
                seen[0] += 1

        with contextlib.ExitStack() as stack:
            threads = [threading.Thread(target=load, args=(number,)) for number in range(4)]
            for thread in threads:
                thread.start()
                stack.callback(thread.join)
            stack.callback(over.set)
            for _ in range(3):
                for change in (self.redis.kill, self.redis.start):
                    before = seen[0]
                    change()
                    wait_until(lambda before=before: seen[0] > before + 50, "load")
        self.assertEqual(failures, [])
        wait_until(lambda: self.is_judged("later"), "judging works again", 20)


if __name__ == "__main__":
    harness.main()
