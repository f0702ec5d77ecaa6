#!/usr/bin/env python3
"""What is left of root's rights when mogura was started as root by hand: nothing, in any thread, once its sockets are
open; files are the user's own, and can be opened again. Needs root; the network is the test's own.
"""

import os
import pathlib
import pwd
import re
import signal
import subprocess
import tempfile
import time
import unittest

import harness

USER = "nobody"
PATIENCE_S = 20
# Who gave rights up may not be looked into, not even by LeakSanitizer; it looks for leaks in the other tests.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
IN_OWN_NETWORK = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
ALL_CAPABILITIES = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE_S} s: {what}")
        time.sleep(0.05)
    return found


class AsRoot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        probe = [*IN_OWN_NETWORK, "setpriv", f"--reuid={USER}", "--clear-groups", "true"]
        if os.geteuid() != 0 or subprocess.run(probe, capture_output=True, check=False).returncode != 0:
            raise unittest.SkipTest("only root can give root's rights up")

    def setUp(self):
        keeper = tempfile.TemporaryDirectory()
        self.addCleanup(keeper.cleanup)
        self.folder = pathlib.Path(keeper.name)
        user = pwd.getpwnam(USER)
        os.chmod(self.folder, 0o755)
        self.own = self.folder / "own"  # the user's; the folder above is root's
        self.own.mkdir()
        os.chown(self.own, user.pw_uid, user.pw_gid)
        self.notes = self.folder / "notes"

    def start(self, *arguments, ready):
        self.process = subprocess.Popen([*IN_OWN_NETWORK, harness.MOGURA, *map(str, arguments)], stderr=self.notes.open("w"),
                                        stdout=subprocess.DEVNULL, env=ENVIRONMENT)  # fmt: skip
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        wait_until(lambda: ready in self.notes.read_text() or self.process.poll() is not None, ready)
        self.assertIsNone(self.process.poll(), self.notes.read_text())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(timeout=PATIENCE_S), 0, self.notes.read_text())

    def run_to_end(self, *arguments, **options):
        return subprocess.run([*IN_OWN_NETWORK, harness.MOGURA, *map(str, arguments)], capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False, env=ENVIRONMENT, **options)  # fmt: skip

    def assert_nothing_is_left(self):
        user = pwd.getpwnam(USER)
        threads = list(pathlib.Path(f"/proc/{self.process.pid}/task").iterdir())
        self.assertGreater(len(threads), 1)
        for thread in threads:
            status = dict(re.findall(r"^(\w+):\t(.*)$", (thread / "status").read_text(), re.M))
            self.assertEqual(status["Uid"].split(), [str(user.pw_uid)] * 4)
            self.assertEqual(status["Gid"].split(), [str(user.pw_gid)] * 4)
            self.assertNotIn("0", status["Groups"].split())
            self.assertEqual({name: int(status[name], 16) for name in ALL_CAPABILITIES}, dict.fromkeys(ALL_CAPABILITIES, 0))
            self.assertEqual(status["NoNewPrivs"], "1")

    def assert_own(self, path):
        self.assertEqual(path.stat().st_uid, pwd.getpwnam(USER).pw_uid, path)


class Proxy(AsRoot):
    def test_takes_a_low_port_and_keeps_nothing(self):
        log, database = self.own / "access.log", self.own / "mogura.db"
        self.start("proxy", "--user", USER, "--listen", "127.0.0.1:81", "--metrics", "127.0.0.1:82", "--access-log", log,
                   "--db", database, "--secret", self.own / "secret", ready="metrics on")  # fmt: skip
        self.assertIn(f"going on as the user {USER}", self.notes.read_text())
        self.assert_nothing_is_left()
        for path in (log, database, self.own / "secret"):
            self.assert_own(path)
        log.rename(self.own / "old.log")
        self.process.send_signal(signal.SIGHUP)
        wait_until(log.exists, "the log is opened again")
        self.assert_own(log)
        self.stop()

    def test_files_of_root_alone_are_said_to_be_out_of_reach(self):
        done = self.run_to_end("proxy", "--user", USER, "--listen", "127.0.0.1:81", "--access-log", self.folder / "access.log")
        self.assertEqual(done.returncode, 4)
        self.assertIn("access.log: Permission denied", done.stderr)
        self.assertFalse((self.folder / "access.log").exists())


class Watch(AsRoot):
    def test_captures_and_keeps_nothing(self):
        stats, database = self.own / "counters.json", self.own / "mogura.db"
        self.start("watch", "-i", "lo", "--user", USER, "--alerts", self.own / "alerts.json", "--stats", stats,
                   "--stats-interval", "1", "--db", database, ready="watching lo")  # fmt: skip
        wait_until(lambda: stats.exists() and stats.read_text(), "it is at work")
        self.assert_nothing_is_left()
        for path in (stats, database, self.own / "alerts.json"):
            self.assert_own(path)
        stats.rename(self.own / "old")
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: stats.exists() and stats.read_text(), "counters go to the new file")
        self.stop()

    def test_files_are_read_as_whoever_started_it(self):
        done = self.run_to_end("watch", "-r", harness.SAMPLE, "--alerts", self.folder / "alerts.json", "--quiet")
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class Names(AsRoot):
    def test_users_that_are_not_there(self):
        done = self.run_to_end("proxy", "--user", "nobody-of-that-name")
        self.assertEqual((done.returncode, done.stderr), (2, "mogura proxy: nobody-of-that-name: there is no such user\n"))
        self.assertEqual(self.run_to_end("watch", "-i", "lo", "--user", "nobody-of-that-name").returncode, 2)

    def test_only_root_becomes_another(self):
        done = subprocess.run([harness.MOGURA, "proxy", "--user", "root"], user=USER, capture_output=True, text=True,
                              check=False, env=ENVIRONMENT)  # fmt: skip
        self.assertEqual((done.returncode, done.stderr), (2, "mogura proxy: root: only root can go on as another user\n"))

    def test_a_namespace_without_the_user(self):
        done = subprocess.run(["unshare", "--user", "--map-root-user", harness.MOGURA, "proxy", "--user", USER],
                              capture_output=True, text=True, check=False, env=ENVIRONMENT)  # fmt: skip
        if "unshare:" in done.stderr:
            self.skipTest("no permission for user namespaces")
        self.assertEqual((done.returncode, done.stderr), (2, f"mogura proxy: {USER}: is no user of this user namespace\n"))

    def test_staying_root_is_said_unless_it_was_meant(self):
        try:
            pwd.getpwnam("mogura")
            self.skipTest("there is a user mogura here")
        except KeyError:
            pass
        self.start("proxy", "--listen", "127.0.0.1:0", ready="listening on")
        self.assertIn("mogura: there is no user mogura: staying root", self.notes.read_text())
        self.stop()
        self.start("proxy", "--listen", "127.0.0.1:0", "--user", "root", ready="listening on")
        self.assertNotIn("staying root", self.notes.read_text())
        self.stop()


if __name__ == "__main__":
    harness.main()
