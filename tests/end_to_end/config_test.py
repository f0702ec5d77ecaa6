#!/usr/bin/env python3
"""`mogura config`: exit status, what is said about wrong files, and that what is shown can be read again."""

import os
import pathlib
import tempfile
import unittest

import harness


class InFolder(unittest.TestCase):
    def setUp(self):
        keeper = tempfile.TemporaryDirectory()
        self.addCleanup(keeper.cleanup)
        self.folder = pathlib.Path(keeper.name)

    def file(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def check(self, text):
        """Status, standard output and error of `config check` on a file of this text."""
        path = self.file("proxy.toml", text)
        done = harness.run("config", "check", path)
        shown = [stream.decode().replace(str(self.folder) + "/", "") for stream in (done.stdout, done.stderr)]
        return done.returncode, *shown


class Check(InFolder):
    def test_a_good_file(self):
        self.assertEqual(self.check(""), (0, "proxy.toml: good\n", ""))
        self.assertEqual(self.check('[timeouts]\nhead = "5s"\n'), (0, "proxy.toml: good\n", ""))

    def test_errors_name_file_line_and_key(self):
        for text, error in (
            ("[timeouts]\nhaed = 1\n", "line 2: timeouts.haed: there is no such key; the nearest is timeouts.head"),
            ("[timeouts]\nhead = 0\n", 'line 2: timeouts.head: must be a time from 1s to 1h, like "1s"'),
            ("\n[timeout]\n", "line 2: timeout: there is no such section; the nearest is timeouts"),
            ("[[{", "line 1: a bracket without a key, a misplaced brace, or bytes that are not UTF-8"),
        ):
            with self.subTest(text):
                self.assertEqual(self.check(text), (2, "", f"mogura: proxy.toml {error}\n"))

    def test_what_does_not_go_together(self):
        status, out, error = self.check('[logs]\naccess = "/x"\nevents = "/x"\n')
        self.assertEqual((status, out, error), (2, "", "mogura: proxy.toml: logs.access and logs.events are the same file\n"))

    def test_unreadable_files(self):
        done = harness.run("config", "check", self.folder / "none.toml")
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"none.toml: No such file or directory", done.stderr)
        self.assertEqual(harness.run("config", "check", self.folder).returncode, 3)

    def test_usage(self):
        for arguments in ((), ("check",), ("check", ""), ("check", "a", "b"), ("nothing",)):
            with self.subTest(arguments):
                self.assertEqual(harness.run("config", *arguments).returncode, 2)

    def test_the_password_file_is_read(self):
        users = self.file("users", "alice:hunter2\n")
        status, _, error = self.check(f'[access]\nhtpasswd = "{users}"\n')
        self.assertEqual(status, 2)
        self.assertIn("users line 1: the password is not hashed by", error)
        self.assertNotIn("hunter2", error)
        users.unlink()
        self.assertEqual(self.check(f'[access]\nhtpasswd = "{users}"\n')[0], 3)

    def test_the_exemptions_are_read(self):
        exempt = self.file("exempt.toml", "[[exempt]]\nhots = 'a.example'\n")
        status, _, error = self.check(f'[challenge]\nexempt = ["{exempt}"]\n')
        self.assertEqual(status, 2)
        self.assertIn("exempt.toml line 2", error)
        exempt.write_text("[[exempt]]\nhost = 'a.example'\ncomment = 'a printer'\n")
        self.assertEqual(self.check(f'[challenge]\nexempt = ["{exempt}"]\n')[0], 0)

    def test_the_secret_is_its_owners_alone(self):
        secret = self.file("secret", "0123456789abcdef" * 4 + "\n")
        configuration = f'[challenge]\nsecret = "{secret}"\n'
        self.assertEqual(self.check(configuration)[0], 0)
        for mode in (0o640, 0o604, 0o620, 0o610):
            secret.chmod(mode)
            status, _, error = self.check(configuration)
            self.assertEqual(status, 2)
            self.assertIn("secret: the secret's file is open to others", error)
            self.assertNotIn("0123456789abcdef", error)
        secret.unlink()
        self.assertEqual(self.check(configuration)[0], 0, "it is made at the first start")
        self.assertFalse(secret.exists(), "and not by a check")
        self.file("secret", "0123456789abcdef" * 3 + "\n")
        status, _, error = self.check(configuration)
        self.assertEqual(status, 2)
        self.assertNotIn("0123456789abcdef", error)

    def test_what_is_most_likely_not_meant_is_noted(self):
        status, out, error = self.check('[access]\nclients = ["0.0.0.0/0"]\n')
        self.assertEqual((status, out), (0, "proxy.toml: good\n"))
        self.assertIn("note: access.clients lets everybody in", error)


class Show(InFolder):
    def test_what_is_shown_is_a_good_file_that_says_the_same(self):
        first = harness.run("config", "show")
        self.assertEqual((first.returncode, first.stderr), (0, b""))
        self.assertEqual(self.check(first.stdout.decode())[:2], (0, "proxy.toml: good\n"))
        again = harness.run("config", "show", self.folder / "proxy.toml")
        self.assertEqual(again.stdout, first.stdout)

    def test_a_file_is_shown_over_the_defaults(self):
        path = self.file("proxy.toml", '[timeouts]\nhead = 90\n[proxy]\nname = "edge-1"\n')
        shown = harness.run("config", "show", path).stdout.decode()
        self.assertIn('\nhead = "90s"\n', shown)
        self.assertIn('\nname = "edge-1"\n', shown)
        self.assertIn('\nmode = "observe"\n', shown)

    def test_no_password_is_shown(self):
        path = self.file("proxy.toml", '[state]\nstore = "redis://:hunter2@localhost/0"\n')
        shown = harness.run("config", "show", path).stdout.decode()
        self.assertNotIn("hunter2", shown)
        status, _, error = self.check(shown)
        self.assertEqual(status, 2)
        self.assertIn("state.store: has no password", error)

    def test_wrong_files(self):
        self.assertEqual(harness.run("config", "show", self.folder / "none").returncode, 3)
        self.assertEqual(harness.run("config", "show", self.file("a", "x")).returncode, 2)

    def test_a_full_disk_is_told(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("there is no /dev/full")
        done = os.system(f"'{harness.MOGURA}' config show > /dev/full 2> '{self.folder}/error'")
        self.assertEqual(os.waitstatus_to_exitcode(done), 4)
        self.assertIn("No space left", (self.folder / "error").read_text())


if __name__ == "__main__":
    harness.main()
