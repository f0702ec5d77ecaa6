"""A network of the test's own with a pair of linked interfaces, and `mogura watch` running on one end of it.

What tcpreplay sends into SENDER comes out of RECEIVER. Needs root (or user namespaces), iproute2 and tcpreplay; tests are
skipped, and say so, where one is missing.
"""

import ctypes
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import threading
import time
import unittest

import harness

SENDER, RECEIVER = "mogura0", "mogura1"
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PATIENCE_S = 20
_entered = None  # None: not tried; else why it did not work, or ""


def _unshare(flags):
    return ctypes.CDLL(None, use_errno=True).unshare(flags) == 0


def _enter():
    user, group = os.getuid(), os.getgid()
    if not _unshare(CLONE_NEWNET):
        if not _unshare(CLONE_NEWUSER | CLONE_NEWNET):
            return "no permission for a network of its own"
        pathlib.Path("/proc/self/setgroups").write_text("deny")
        pathlib.Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        pathlib.Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    for scope in ("all", "default"):  # the kernel's own IPv6 chatter would be counted
        setting = pathlib.Path(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6")
        if setting.exists():
            setting.write_text("1")
    make_pair()
    return ""


def make_pair():
    """The two interfaces, up; a pair that is there already is replaced."""
    subprocess.run(["ip", "link", "del", SENDER], capture_output=True, check=False)
    subprocess.run(["ip", "link", "add", SENDER, "type", "veth", "peer", "name", RECEIVER], check=True)
    for name in (SENDER, RECEIVER):
        subprocess.run(["ip", "link", "set", name, "mtu", "9000", "up"], check=True)


def need_network():
    """Enters the network, once per process, or skips the test."""
    global _entered
    for tool in ("ip", "tcpreplay"):
        if shutil.which(tool) is None:
            raise unittest.SkipTest(f"{tool} is not installed")
    if _entered is None:
        try:
            _entered = _enter()
        except (OSError, subprocess.CalledProcessError) as error:
            _entered = str(error)
    if _entered:
        raise unittest.SkipTest(_entered)


def replay(path, *options):
    """Sends a capture; answers the number of packets sent."""
    done = subprocess.run(["tcpreplay", "-i", SENDER, *options, str(path)], capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode(errors="replace"))
    actual = next(line for line in done.stdout.decode().splitlines() if line.startswith("Actual:"))
    return int(actual.split()[1])


class Watch:
    """A running `mogura watch`, its alerts and counters as they come."""

    def __init__(self, *arguments, **options):
        self.process = subprocess.Popen(
            [harness.MOGURA, "watch", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # fmt: skip
        self.alerts, self.notes, self.counters = [], [], []
        self._alerts, self._notes = queue.Queue(), queue.Queue()
        self._threads = [self._read(self.process.stdout, self._alerts), self._read(self.process.stderr, self._notes)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    @staticmethod
    def _read(stream, into):
        def read():
            for line in stream:
                into.put(line.decode(errors="replace").rstrip("\n"))
            into.put(None)

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread

    def wait_for_note(self, text):
        """The next line on stderr that holds the text."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                line = self._notes.get(timeout=0.1)
            except queue.Empty:
                continue
            if line is None:
                break
            self._sort(line)
            if text in line:
                return line
        raise AssertionError(f"no note with {text!r}; there were {self.notes} {self.counters}")

    def wait_until_ready(self):
        self.wait_for_note("watching ")
        return self

    def wait_for_alert(self):
        alert = json.loads(self._alerts.get(timeout=PATIENCE_S))
        self.alerts.append(alert)
        return alert

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM):
        """Ends it by a signal (0: it ends by itself); answers its exit status. All its output is then in alerts, notes and counters."""
        if number:
            self.send(number)
        status = self.process.wait(timeout=PATIENCE_S)
        for thread in self._threads:
            thread.join(timeout=PATIENCE_S)
        while (line := self._notes.get(timeout=1)) is not None:
            self._sort(line)
        while (line := self._alerts.get(timeout=1)) is not None:
            self.alerts.append(json.loads(line))
        return status

    def _sort(self, line):
        if line.startswith("{"):
            self.counters.append(json.loads(line))
        else:
            self.notes.append(line)

    @property
    def end(self):
        """The counters at the end."""
        return next(counters for counters in self.counters if counters["event"] == "end")
