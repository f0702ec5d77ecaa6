#!/usr/bin/env python3
"""`mogura doctor`: what it says of installations with one thing wrong, how it says it, and that it changes nothing."""

import array
import datetime
import fcntl
import json
import os
import pathlib
import pwd
import shutil
import socket
import sqlite3
import struct
import subprocess
import tempfile
import time
import unittest

import harness
import live_network

SIOCETHTOOL, ETHTOOL_SGRO, ETHTOOL_STSO = 0x8946, 0x2C, 0x1F
HOSTILE = "a\x1b[31m\u202eb"


def switch(interface, command, on):
    """What `ethtool -K` does."""
    value = array.array("I", [command, int(on)])
    request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCETHTOOL, request)


class Examined(unittest.TestCase):
    def setUp(self):
        keeper = tempfile.TemporaryDirectory()
        self.addCleanup(keeper.cleanup)
        self.folder = pathlib.Path(keeper.name)
        self.etc = self.folder / "etc"
        self.etc.mkdir()

    def file(self, name, text, mode=0o600):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def doctor(self, *options, status=None, **more):
        done = harness.run("doctor", "--json", "--etc", self.etc, "--user", pwd.getpwuid(os.getuid()).pw_name, *options, **more)
        self.assertEqual(done.stderr, b"")
        document = json.loads(done.stdout)
        self.assertEqual(document["schema"], "mogura.doctor/1")
        problems = [remark for remark in document["remarks"] if remark["level"] == "problem"]
        self.assertEqual(done.returncode, 1 if problems else 0)
        if status is not None:
            self.assertEqual(done.returncode, status, problems)
        return document["remarks"]

    def levels(self, check, *options):
        return [remark["level"] for remark in self.doctor(*options) if remark["check"] == check]

    def one(self, check, *options):
        found = [remark for remark in self.doctor(*options) if remark["check"] == check]
        self.assertEqual(len(found), 1, found)
        return found[0]


class Files(Examined):
    def test_nothing_installed_is_no_problem(self):
        self.doctor(status=0)

    def test_wrong_configuration_names_file_line_and_key(self):
        self.file("etc/proxy.toml", "[timeouts]\nhaed = 1\n", 0o644)
        remark = self.one("proxy")
        self.assertEqual(remark["level"], "problem")
        self.assertIn("proxy.toml line 2: timeouts.haed: there is no such key", remark["text"])

    def test_configuration_that_others_can_change(self):
        path = self.file("etc/proxy.toml", "", 0o666)
        self.assertEqual(self.one("configuration")["level"], "problem")
        path.chmod(0o640)
        self.assertEqual(self.one("configuration")["level"], "ok")

    def test_a_secret_open_to_others(self):
        secret = self.file("secret", "a" * 64 + "\n", 0o644)
        self.file("etc/proxy.toml", f'[challenge]\nsecret = "{secret}"\n')
        self.assertEqual(self.levels("secret"), ["problem"])
        secret.chmod(0o600)
        self.assertEqual(self.levels("secret"), ["ok"])

    def test_a_missing_log_folder(self):
        self.file("etc/proxy.toml", f'[logs]\naccess = "{self.folder}/logs/access.log"\n')
        remark = self.one("folder")
        self.assertEqual((remark["level"], remark["text"]), ("problem", "No such file or directory"))

    def test_expired_entries(self):
        past, future = datetime.date.today() - datetime.timedelta(days=2), datetime.date.today() + datetime.timedelta(days=2)
        entry = "[[allow]]\nhost = 'a.example'\nexpires = {}\n"
        self.file("etc/allow.toml", entry.format(future))
        self.assertEqual(self.one("allow-list")["level"], "ok")
        self.file("etc/allow.toml", entry.format(future) + entry.format(past))
        remark = self.one("allow-list")
        self.assertEqual((remark["level"], remark["text"]), ("warning", "1 of 2 entries have expired"))
        exempt = self.file("exempt.toml", f"[[exempt]]\nhost = 'a.example'\ncomment = 'c'\nexpires = {past}\n")
        self.file("etc/proxy.toml", f'[challenge]\nexempt = ["{exempt}"]\n')
        self.assertEqual(self.one("exemptions")["level"], "warning")

    def test_patterns_that_do_not_load_are_all_named(self):
        self.file("patterns/one.toml", "format = 1\nnonsense = 2\n")
        self.file("patterns/two.toml", "[[{")
        self.file("patterns/.hidden.toml", "[[{")
        found = [remark for remark in self.doctor("--patterns", self.folder / "patterns") if remark["check"] == "patterns"]
        self.assertEqual([remark["level"] for remark in found], ["problem", "problem"])
        self.assertRegex(found[0]["text"], r"one\.toml:2: nonsense: there is no such key")
        self.assertIn("two.toml", found[1]["text"])

    def test_good_patterns(self):
        done = harness.run("analyze", harness.SAMPLE, "--learn", self.folder / "learned", "--quiet")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(self.one("patterns", "--patterns", self.folder / "learned")["level"], "ok")

    def test_the_consoles_certificate(self):
        if shutil.which("openssl") is None:
            self.skipTest("openssl is not installed")
        for days, level in (("90", "ok"), ("5", "warning")):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", days,
                            "-subj", "/CN=c", "-keyout", self.folder / "key", "-out", self.folder / "cert"],
                           check=True, capture_output=True)  # fmt: skip
            (self.folder / "key").chmod(0o600)
            self.file("etc/console.env", f'CONSOLE_OPTIONS="--certificate {self.folder}/cert --key {self.folder}/key"\n')
            self.assertEqual(self.one("certificate")["level"], level)
            self.assertEqual(self.levels("secret"), ["ok"])
        (self.folder / "key").chmod(0o644)
        self.assertEqual(self.levels("secret"), ["problem"])


class Databases(Examined):
    def make(self):
        path = self.folder / "mogura.db"
        done = harness.run("analyze", harness.SAMPLE, "--db", path, "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        return path

    def written(self):
        """When each file was. In FILE-shm, readers of a database that is open leave a mark while they read."""
        return {path.name: path.name.endswith("-shm") or path.stat().st_mtime_ns for path in self.folder.glob("mogura.db*")}

    def test_a_good_one_is_left_as_it_was(self):
        path = self.make()
        before = self.written()
        remark = self.one("database", "--db", path)
        self.assertEqual(remark["level"], "ok")
        self.assertRegex(remark["text"], r"^schema \d+, \d+ sessions, [0-9.]+ MB$")
        self.assertEqual(before, self.written())
        self.assertEqual(self.levels("disk", "--db", path).count("problem"), 0)

    def test_wrong_ones(self):
        path = self.folder / "x.db"
        self.assertEqual(self.one("database", "--db", path)["level"], "problem")
        self.assertFalse(path.exists())
        path.write_text("no database, and long enough to be told from an empty one")
        self.assertIn("is no SQLite database", self.one("database", "--db", path)["text"])
        path.unlink()
        sqlite3.connect(path).execute("CREATE TABLE other (x)").connection.close()
        self.assertIn("another program", self.one("database", "--db", path)["text"])

    def test_a_newer_schema(self):
        path = self.make()
        sqlite3.connect(path).execute("PRAGMA user_version = 1000").connection.close()
        self.assertIn("newer version", self.one("database", "--db", path)["text"])

    def test_times_to_come(self):
        path = self.make()
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE sessions SET end_us = ? WHERE id = 1", (int((time.time() + 86_400) * 1e6),))
        connection.close()
        clock = [remark for remark in self.doctor("--db", path) if remark["check"] == "clock" and remark.get("subject")]
        self.assertEqual([remark["level"] for remark in clock], ["warning"])


class Network(Examined):
    def test_ports_that_are_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.file("etc/proxy.toml", f'[proxy]\nlisten = ["127.0.0.1:{port}"]\n')
            remark = self.one("port")
            self.assertEqual(remark["level"], "problem")
            self.assertIn("is taken by another program", remark["text"])
        self.assertEqual(self.one("port")["text"], "is free")

    def test_redis(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        remark = self.one("redis", "--redis", f"redis://127.0.0.1:{port}/0")
        self.assertEqual(remark["level"], "problem")
        if shutil.which("redis-server") is None:
            self.skipTest("redis-server is not installed")
        redis = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder],
                                 stdout=subprocess.DEVNULL)  # fmt: skip
        self.addCleanup(redis.wait)
        self.addCleanup(redis.kill)
        deadline = time.monotonic() + 20
        while self.one("redis", "--redis", f"redis://127.0.0.1:{port}/0")["level"] != "ok":
            self.assertLess(time.monotonic(), deadline)

    def test_a_password_is_not_taken_from_the_command_line(self):
        self.assertEqual(harness.run("doctor", "--redis", "redis://:secret@127.0.0.1/0").returncode, 2)


class Interfaces(Examined):
    @classmethod
    def setUpClass(cls):
        live_network.need_network()
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)  # for tests of other classes in this process

    def texts(self, interface):
        return [remark["text"] for remark in self.doctor("--interface", interface) if remark.get("subject") == interface
                and remark["level"] == "warning"]  # fmt: skip

    def test_offloads_that_glue(self):
        switch(live_network.RECEIVER, ETHTOOL_SGRO, False)
        self.assertEqual(self.texts(live_network.RECEIVER), [])
        switch(live_network.RECEIVER, ETHTOOL_SGRO, True)
        (text,) = self.texts(live_network.RECEIVER)
        self.assertIn("glues segments together before they are seen (gro)", text)
        switch(live_network.RECEIVER, ETHTOOL_SGRO, False)

    def test_capturing_is_tried(self):
        found = [remark["text"] for remark in self.doctor("--interface", live_network.RECEIVER) if remark["check"] == "capture"]
        self.assertIn("can be captured from, with what is for others", found)
        flags = pathlib.Path(f"/sys/class/net/{live_network.RECEIVER}/flags")
        if flags.exists():
            self.assertEqual(int(flags.read_text(), 16) & 0x100, 0, "it is left promiscuous")

    def test_one_that_is_down_or_not_there(self):
        subprocess.run(["ip", "link", "set", live_network.RECEIVER, "down"], check=True)
        self.addCleanup(live_network.make_pair)
        found = [remark for remark in self.doctor("--interface", live_network.RECEIVER) if remark["check"] == "interface"]
        self.assertEqual([(remark["level"], remark["text"]) for remark in found], [("problem", "the network interface is down")])
        self.assertEqual(self.one("interface", "--interface", "nothing0")["level"], "problem")


class Words(Examined):
    def test_hostile_names_are_escaped(self):
        folder = self.folder / HOSTILE
        folder.mkdir()
        (folder / "x.toml").write_text("[[{")
        for options in ((), ("--json",)):
            done = harness.run("doctor", "--etc", self.etc, "--patterns", folder, *options)
            text = done.stdout.decode()
            self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]")
            self.assertIn("\\u001b[31m\\u202eb" if options else "\\x1b[31m\\u202eb", text)

    def test_lines_for_people(self):
        text = harness.run("doctor", "--etc", self.etc, "--db", self.folder / "none.db").stdout.decode()
        self.assertIn(f"problem  database: {self.folder}/none.db: No such file or directory\n", text)
        self.assertRegex(text, r"\n\d+ ok, \d+ unseen, \d+ warnings, 1 problems\n$")

    def test_without_rights_it_says_what_it_could_not_see(self):
        if os.geteuid() != 0:
            self.skipTest("only root can be somebody else")
        self.folder.chmod(0o755)
        self.file("etc/proxy.toml", "", 0o600)
        done = subprocess.run([harness.MOGURA, "doctor", "--json", "--etc", self.etc], user="nobody", extra_groups=[],
                              capture_output=True, check=False)  # fmt: skip
        found = {remark["level"] for remark in json.loads(done.stdout)["remarks"] if remark["check"] == "proxy"}
        self.assertEqual(found, {"unseen"})

    def test_usage_and_output(self):
        self.assertEqual(harness.run("doctor", "--nothing").returncode, 2)
        self.assertEqual(harness.run("doctor", "--db", "").returncode, 2)
        if os.path.exists("/dev/full"):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([harness.MOGURA, "doctor", "--etc", self.etc], stdout=full, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 4)


if __name__ == "__main__":
    harness.main()
