#!/usr/bin/env python3
"""The Debian package on a bare Debian 12 with systemd: what is in it, that its services run as they should, and that
upgrading, removing and purging leave what they should. Run by tools/check_package, which makes what it needs.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import harness
import machine

PACKAGE, NEWER, SYSTEM = (os.environ.get(name) for name in ("MOGURA_PACKAGE", "MOGURA_NEWER_PACKAGE", "MOGURA_SYSTEM"))
WORST_EXPOSURE = 2.5
CAP_NET_RAW = 1 << 13
CONFIG = "/etc/mogura/proxy.toml"
DATABASE = "/var/lib/mogura/mogura.db"
PATIENCE_S = 20
# What a package's coming and going changes besides its own files, and what time does.
OF_OTHERS = re.compile(
    r"/(proc|sys|dev|run|tmp)/|/var/(cache|log/(apt|journal|dpkg|alternatives|README|wtmp|btmp|lastlog))|/var/tmp/"
    r"|/var/lib/(dpkg|apt|systemd|logrotate|private)|/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$|/etc/\.pwd\.lock"
)
ORIGIN = """
import http.server, socketserver
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "5"); self.end_headers(); self.wfile.write(b"hello")
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
print(server.server_address[1], flush=True)
server.serve_forever()
"""
ASK = """
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", 3128, timeout=10)
connection.request("GET", sys.argv[1], headers={"User-Agent": "package-test"})
print(connection.getresponse().status)
"""


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE_S} s: {what() if callable(what) else what}")
        time.sleep(0.1)
    return found


def commands():
    """That the program has, by its own word."""
    help_text = harness.run("-h").stdout.decode()
    return re.findall(r"^  ([a-z]+) ", help_text.partition("Commands:\n")[2].partition("\n\n")[0], re.M)


def need_package():
    if not PACKAGE:
        raise unittest.SkipTest("tools/check_package runs these")


class Contents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need_package()
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        subprocess.run(["dpkg-deb", "--extract", PACKAGE, cls.folder], check=True)

    def test_every_command_has_a_manual_page_that_renders(self):
        pages = {path.name: path for path in self.folder.glob("usr/share/man/man1/*")}
        self.assertGreater(len(commands()), 5)
        self.assertEqual(set(pages), {"mogura.1.gz", *(f"mogura-{command}.1.gz" for command in commands())})
        for name, path in pages.items():
            done = subprocess.run(["man", "--warnings", "-l", path], capture_output=True, check=False,
                                  env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8", "MANROFFSEQ": ""})  # fmt: skip
            self.assertEqual((done.returncode, done.stderr), (0, b""), name)
            self.assertIn(b"NAME", done.stdout)

    def test_completions_parse(self):
        for shell, path in (
            ("bash", "usr/share/bash-completion/completions/mogura"),
            ("zsh", "usr/share/zsh/vendor-completions/_mogura"),
            ("fish", "usr/share/fish/vendor_completions.d/mogura.fish"),
        ):
            with self.subTest(shell):
                self.assertTrue((self.folder / path).is_file())
                if shutil.which(shell):
                    done = subprocess.run([shell, "-n", self.folder / path], capture_output=True, check=False)
                    self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_all_configuration_is_marked_as_such(self):
        listed = subprocess.check_output(["dpkg-deb", "--info", PACKAGE, "conffiles"], text=True).split()
        shipped = [f"/{path.relative_to(self.folder)}" for path in self.folder.glob("etc/**/*") if path.is_file()]
        self.assertEqual(sorted(listed), sorted(shipped))

    def test_the_same_sources_give_the_same_package(self):
        with tempfile.TemporaryDirectory() as again:
            built = subprocess.run([harness.ROOT / "tools/build_package", "--binary", harness.MOGURA, "--output", again],
                                   capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
            self.assertEqual(pathlib.Path(built).read_bytes(), pathlib.Path(PACKAGE).read_bytes())

    def test_units_are_well_formed_and_shut_in(self):
        for unit in self.folder.glob("lib/systemd/system/*"):
            with self.subTest(unit.name):
                done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
                                      capture_output=True, text=True, check=True)  # fmt: skip
                exposure = float(re.search(r"Overall exposure level for .*: ([0-9.]+)", done.stdout)[1])
                print(f"{unit.name}: exposure {exposure}")
                self.assertLessEqual(exposure, WORST_EXPOSURE)


class Life(unittest.TestCase):
    """One machine, in order: install, run, rotate, upgrade, remove, purge."""

    @classmethod
    def setUpClass(cls):
        need_package()
        try:
            cls.machine = machine.Machine(SYSTEM)
        except machine.NotPossible as why:
            raise unittest.SkipTest(f"systemd cannot run here: {why}") from None
        cls.addClassCleanup(cls.machine.end)
        cls.units = ["mogura-proxy.service", "mogura-icap.service", "mogura-watch@lo.service"]
        if "console" in commands():
            cls.units.append("mogura-console.service")
        cls.origin = cls.machine.in_network("python3", "-c", ORIGIN, stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.origin.wait)
        cls.addClassCleanup(cls.origin.kill)
        cls.addClassCleanup(cls.origin.stdout.close)
        cls.url = f"http://127.0.0.1:{cls.origin.stdout.readline().strip()}/"
        cls.files_before = cls.files()

    @classmethod
    def files(cls):
        found = cls.machine.says("find", "/", "-xdev", "-not", "-type", "d", "-o", "-path", "*mogura*").splitlines()
        return {name for name in found if not OF_OTHERS.match(name)}

    def state(self, unit):
        return self.machine.run("systemctl", "is-active", unit, check=False).stdout.strip()

    def process_of(self, unit):
        return int(self.machine.says("systemctl", "show", "--property=MainPID", "--value", unit))

    def journal(self, unit="mogura-*"):
        return self.machine.run("journalctl", "--no-pager", "--output=cat", "-u", unit, check=False).stdout

    def start(self, *units):
        self.machine.run("systemctl", "start", *units, check=False)
        # The console is started again until another service has made the database.
        for unit in units:
            wait_until(lambda unit=unit: self.state(unit) == "active", self.journal)
        wait_until(lambda: "listening on" in self.journal("mogura-proxy.service"), self.journal)

    def ask(self):
        done = self.machine.in_network("python3", "-c", ASK, self.url, stdout=subprocess.PIPE, text=True)
        self.assertEqual(done.communicate(timeout=20)[0].strip(), "200")

    def text(self, name):
        path = self.machine.path(name)
        return path.read_text() if path.exists() else ""

    def apt(self, package):
        name = f"/tmp/{pathlib.Path(package).name}"
        self.machine.put(package, name)
        return self.machine.says("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", "install", "-y", "--no-install-recommends", name)

    def test_1_installs_and_starts_nothing(self):
        said = self.apt(PACKAGE)
        self.assertNotRegex(said, "(?i)error|warning|cannot|failed")
        self.assertEqual(self.machine.says("dpkg", "--audit"), "")
        user = self.machine.says("getent", "passwd", "mogura")
        self.assertRegex(user, r"^mogura:x:\d+:\d+:mogura:/var/lib/mogura:/usr/sbin/nologin$")
        modes = {name: self.machine.says("stat", "--format=%U:%G %a", name)
                 for name in ("/etc/mogura", "/var/lib/mogura", "/var/lib/mogura/patterns", "/var/log/mogura")}  # fmt: skip
        self.assertEqual(modes, {"/etc/mogura": "root:mogura 750", "/var/lib/mogura": "mogura:mogura 750",
                                 "/var/lib/mogura/patterns": "mogura:mogura 750", "/var/log/mogura": "mogura:mogura 750"})  # fmt: skip
        for unit in self.units:
            self.assertEqual(self.machine.run("systemctl", "is-enabled", unit, check=False).stdout.strip(), "disabled", unit)
            self.assertEqual(self.state(unit), "inactive", unit)

    def test_2_shipped_configuration_is_good(self):
        said = self.machine.says("runuser", "-u", "mogura", "--", "mogura", "config", "check", CONFIG)
        self.assertEqual(said, f"{CONFIG}: good")
        units = [f"/lib/systemd/system/{unit.replace('@lo', '@')}" for unit in self.units]
        said = self.machine.says("systemd-analyze", "verify", "--man=no", *units)
        self.assertNotIn("mogura", said)

    def test_3_services_run_with_no_more_than_they_need(self):
        text = self.text(CONFIG).replace("#destinations = [", 'destinations = ["127.0.0.0/8"] #')
        self.assertIn('\ndestinations = ["127.0.0.0/8"]', text)
        self.machine.path(CONFIG).write_text(text)
        self.start(*self.units)
        user = self.machine.says("id", "-u", "mogura")
        for unit in self.units:
            with self.subTest(unit):
                status = dict(re.findall(r"^(\w+):\t(.*)$", self.text(f"/proc/{self.process_of(unit)}/status"), re.M))
                self.assertEqual(status["Uid"].split(), [user] * 4)
                self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
                allowed = CAP_NET_RAW if "watch" in unit else 0
                for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
                    self.assertEqual(int(status[kind], 16) & ~allowed, 0, kind)
        self.ask()
        wait_until(lambda: self.url in self.text("/var/log/mogura/access.log"), "the access log has the request")

    def test_4_logs_rotate(self):
        before = {unit: self.process_of(unit) for unit in self.units}
        said = self.machine.says("logrotate", "--force", "/etc/logrotate.d/mogura")
        self.assertEqual(said, "")
        wait_until(lambda: "access.log.1" in self.machine.says("ls", "/var/log/mogura"), "the log is rotated")
        wait_until(lambda: "reloaded" in self.journal(), "the proxy reopens its logs")
        self.assertEqual(self.machine.says("stat", "--format=%U %a", "/var/log/mogura/access.log"), "mogura 640")
        self.ask()
        wait_until(lambda: self.url in self.text("/var/log/mogura/access.log"), "the new log has the request")
        self.assertEqual(before, {unit: self.process_of(unit) for unit in self.units})

    def test_5_doctor_finds_nothing_wrong(self):
        if "doctor" not in commands():
            self.skipTest("there is no doctor")
        done = self.machine.run("mogura", "doctor", "--interface", "lo", "--json", check=False)
        remarks = json.loads(done.stdout)["remarks"]
        self.assertEqual([remark for remark in remarks if remark["level"] == "problem"], [])
        self.assertEqual(done.returncode, 0)

    def test_6_upgrade_restarts_what_ran_and_keeps_what_was_changed(self):
        idle, running = self.units[-1], self.units[:-1]
        self.machine.run("systemctl", "stop", idle)
        self.machine.run("systemctl", "enable", running[0])
        before = {unit: self.process_of(unit) for unit in running}
        config = self.text(CONFIG)
        identity = self.machine.says("stat", "--format=%i", DATABASE)
        said = self.apt(NEWER)
        self.assertNotRegex(said, "(?i)error|warning|cannot|failed")
        self.assertEqual(self.text(CONFIG), config)
        self.assertEqual(self.machine.says("stat", "--format=%i", DATABASE), identity)
        for unit in running:
            self.assertEqual(self.state(unit), "active", unit)
            self.assertNotEqual(self.process_of(unit), before[unit], unit)
        self.assertEqual(self.state(idle), "inactive")
        self.assertEqual(self.machine.says("systemctl", "is-enabled", running[0]), "enabled")

    def test_7_removing_stops_and_keeps_data(self):
        said = self.machine.says("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", "remove", "-y", "mogura")
        self.assertNotRegex(said, "(?i)error|cannot|failed")
        for unit in self.units:
            self.assertNotEqual(self.state(unit), "active", unit)
        self.assertTrue(self.machine.path(DATABASE).exists())
        self.assertTrue(self.machine.path(CONFIG).exists())
        self.assertFalse(self.machine.path("/usr/bin/mogura").exists())

    def test_8_purging_leaves_nothing(self):
        said = self.machine.says("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", "purge", "-y", "mogura")
        self.assertNotRegex(said, "(?i)error|warning|cannot|failed")
        self.assertEqual(self.files() - self.files_before, set())
        self.assertEqual(self.files_before - self.files(), set())


if __name__ == "__main__":
    harness.main()
