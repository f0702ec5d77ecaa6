#!/usr/bin/env python3
"""Patterns: learned on one capture, they match another one of the same program and nothing ordinary; the registry; exports."""

import json
import os
import pathlib
import shutil
import stat
import tempfile
import unittest

import harness

TRACES = harness.ROOT / "tests" / "traces" / "tunnels"
# What a learned pattern is called by in the labels of the bundled day, and the second capture of the same program.
PROGRAMS = {
    "corkscrew+openssh": "ssh-corkscrew.pcap.gz",
    "openvpn": "openvpn.pcap.gz",
    "httptunnel": "httptunnel.pcap.gz",
    "websockify+wsclient": "ssh-websockify.pcap.gz",
}
PATTERN = """# by hand
format = 1
name = "by hand"
all = [
  { kind = "connect" },
  { bytes = { dir = "up", message = 0, offset = 0, text = "SSH-2.0-" } },
]
"""


class InFolder(unittest.TestCase):
    def setUp(self):
        keeper = tempfile.TemporaryDirectory()
        self.addCleanup(keeper.cleanup)
        self.folder = pathlib.Path(keeper.name) / "patterns"
        self.folder.mkdir()

    def patterns(self, command, *arguments, expect=0, env=None):
        done = harness.run("patterns", command, "--patterns", self.folder, *arguments, env=env)
        self.assertEqual(done.returncode, expect, done.stderr.decode())
        return done

    def add(self, name="ssh", text=PATTERN):
        path = self.folder / f"{name}.toml"
        path.write_text(text)
        return path

    def trial_of(self, *arguments):
        return json.loads(self.patterns("test", "--json", *arguments).stdout)


class Learning(InFolder):
    def learn(self, *captures):
        done = harness.run("analyze", "--quiet", "--learn", self.folder, *captures)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_a_pattern_learned_on_the_bundled_day_matches_another_capture_and_nothing_ordinary(self):
        self.learn(harness.SAMPLE)
        report = self.trial_of("--labels", harness.SAMPLE_LABELS, harness.SAMPLE)
        by_tool = {}
        for pattern in report["patterns"]:
            self.assertEqual(pattern["ordinary_hits"], 0, pattern["id"])
            for labelled in pattern["labelled"]:
                by_tool.setdefault(labelled["tool"], set()).add(pattern["id"])
        for tool, trace in PROGRAMS.items():
            with self.subTest(tool=tool):
                self.assertIn(tool, by_tool)
                hits = {p["id"] for p in self.trial_of(TRACES / trace)["patterns"] if p["hits"]}
                self.assertTrue(hits & by_tool[tool], f"{by_tool[tool]} do not match {trace}")

    def test_and_the_other_way_round(self):
        for tool, trace in PROGRAMS.items():
            with self.subTest(tool=tool):
                shutil.rmtree(self.folder)
                self.learn(TRACES / trace)
                report = self.trial_of("--labels", harness.SAMPLE_LABELS, harness.SAMPLE)
                self.assertTrue(report["patterns"], "nothing was learned")
                found = {labelled["tool"] for p in report["patterns"] for labelled in p["labelled"]}
                self.assertIn(tool, found)
                self.assertEqual(sum(p["ordinary_hits"] for p in report["patterns"]), 0)

    def test_candidates_are_not_live(self):
        self.learn(TRACES / "ssh-corkscrew.pcap.gz")
        self.assertEqual(json.loads(self.patterns("export").stdout)["patterns"], [])
        document = harness.document_of(TRACES / "ssh-corkscrew.pcap.gz", options=("--patterns", self.folder))
        self.assertEqual(document["counters"]["pattern_matched_sessions"], 0)
        candidate = sorted(self.folder.iterdir())[0].stem
        self.patterns("accept", candidate, "--name", "SSH", "--author", "somebody")
        document = harness.document_of(TRACES / "ssh-corkscrew.pcap.gz", options=("--patterns", self.folder))
        self.assertGreater(document["counters"]["pattern_matched_sessions"], 0)

    def test_what_was_accepted_is_not_learned_over(self):
        self.learn(TRACES / "ssh-corkscrew.pcap.gz")
        for path in self.folder.iterdir():
            self.patterns("accept", path.stem, "--name", "mine")
        before = {path.name: path.read_text() for path in self.folder.iterdir()}
        self.learn(TRACES / "ssh-corkscrew.pcap.gz")
        self.assertEqual({path.name: path.read_text() for path in self.folder.iterdir()}, before)


class Registry(InFolder):
    def test_list_tells_candidates_apart(self):
        self.add()
        self.add("other", PATTERN + "candidate = true\n")
        lines = self.patterns("list").stdout.decode().splitlines()
        self.assertRegex(lines[1], r"^other +candidate ")
        self.assertRegex(lines[2], r"^ssh +live ")
        document = json.loads(self.patterns("list", "--json").stdout)
        self.assertEqual([p["candidate"] for p in document["patterns"]], [True, False])

    def test_show_gives_the_file(self):
        self.add(text=PATTERN + 'note = "back\\\\slash"\n')
        self.assertEqual(self.patterns("show", "ssh").stdout.decode(), PATTERN + 'note = "back\\\\slash"\n')

    def test_accept_names_dates_and_keeps_permissions(self):
        path = self.add(text=PATTERN + "candidate = true\n")
        path.chmod(0o640)
        self.patterns("accept", "ssh", "--name", "SSH", "--application", "OpenSSH", "--author", "me")
        text = path.read_text()
        self.assertNotIn("candidate", text)
        self.assertRegex(text, r'(?m)^date = "?\d{4}-\d\d-\d\d"?$')
        for line in ('name = "SSH"', 'application = "OpenSSH"', 'author = "me"'):
            self.assertIn(line, text)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o640)
        self.assertIn(b"live already", self.patterns("accept", "ssh").stderr)

    def test_accept_changes_nothing_where_one_of_several_is_wrong(self):
        path = self.add(text=PATTERN + "candidate = true\n")
        before = path.read_text()
        self.patterns("accept", "ssh", "missing", expect=3)
        self.assertEqual(path.read_text(), before)

    def test_edit_replaces_only_what_is_valid(self):
        path = self.add()
        self.patterns("edit", "ssh", env={"VISUAL": "", "EDITOR": "sed -i s/by.hand/edited/"})
        self.assertIn('name = "edited"', path.read_text())
        self.assertIn("# edited", path.read_text(), "comments stay")
        before = path.read_text()
        done = self.patterns("edit", "ssh", expect=3, env={"VISUAL": "sed -i s/kind/knid/"})
        self.assertEqual(path.read_text(), before)
        self.assertIn(b"ssh.toml:5: knid", done.stderr)
        kept = pathlib.Path(done.stderr.decode().split(" is in ")[1].split("\n")[0])
        self.assertIn("knid", kept.read_text())
        kept.unlink()
        self.patterns("edit", "ssh", expect=4, env={"VISUAL": "false"})
        self.assertEqual(path.read_text(), before)

    def test_remove(self):
        path = self.add()
        self.patterns("remove", "ssh")
        self.assertFalse(path.exists())
        self.patterns("remove", "ssh", expect=3)

    def test_an_id_is_never_a_path(self):
        outside = self.folder.parent / "outside.toml"
        outside.write_text(PATTERN)
        for name in ("../outside", "/etc/passwd", "", ".", "a/b", "-x", "A"):
            for command in ("show", "accept", "edit", "remove", "export"):
                with self.subTest(name=name, command=command):
                    done = harness.run("patterns", command, "--patterns", self.folder, "--", name)
                    self.assertEqual(done.returncode, 2, done.stderr.decode())
        self.assertEqual(outside.read_text(), PATTERN)

    def test_a_broken_file_is_named_with_its_line_and_key(self):
        self.add("bad", "format = 1\n\nall = [ { knid = 1 } ]\n")
        for command, arguments in (("list", ()), ("test", (TRACES / "openvpn.pcap.gz",)), ("export", ())):
            self.assertIn(b"bad.toml:3: knid: there is no such condition", self.patterns(command, *arguments, expect=3).stderr)

    def test_a_folder_that_is_missing_is_an_error_and_an_empty_one_is_not(self):
        self.assertEqual(self.patterns("list").stdout, b"")
        self.folder.rmdir()
        self.patterns("list", expect=3)

    def test_nothing_is_left_behind_where_writing_fails(self):
        if os.geteuid() == 0:
            self.skipTest("root may write anywhere")
        self.add(text=PATTERN + "candidate = true\n")
        self.folder.chmod(0o555)
        self.addCleanup(self.folder.chmod, 0o755)
        self.patterns("accept", "ssh", expect=4)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["ssh.toml"])


class Testing(InFolder):
    def test_counts_hits(self):
        self.add()
        table = self.patterns("test", TRACES / "ssh-corkscrew.pcap.gz").stdout.decode().splitlines()
        self.assertEqual(table[1].split(), ["ssh", "2"])
        self.assertEqual(table[2], "2 sessions")

    def test_labels(self):
        self.add()
        labels = self.folder / "labels.tsv"
        labels.write_text("client_ip\tdest_host:port\tkind\ttool\n198.51.100.10\tgate.lakeside.example:443\ttunnel-connect\tcorkscrew\n")
        report = self.trial_of("--labels", labels, TRACES / "ssh-corkscrew.pcap.gz", TRACES / "openvpn.pcap.gz")
        (pattern,) = report["patterns"]
        self.assertEqual(pattern["labelled"], [{"tool": "corkscrew", "hits": 2, "sessions": 2}])
        self.assertEqual(pattern["ordinary_hits"], 0)
        self.assertEqual(report["ordinary_sessions"], report["sessions"] - 2)
        for text in ("client_ip\tkind\n", "client_ip\tdest_host:port\tkind\na\tb\n"):
            labels.write_text(text)
            self.patterns("test", "--labels", labels, TRACES / "openvpn.pcap.gz", expect=3)

    def test_an_input_that_cannot_be_read_is_told(self):
        self.add()
        self.patterns("test", self.folder / "missing.pcap", TRACES / "openvpn.pcap.gz", expect=3)


class Exporting(InFolder):
    def test_every_format(self):
        self.add()
        for name, expected in (("suricata", b"alert tcp"), ("snort", b"alert tcp"), ("zeek", b"signature mogura-ssh-0"),
                               ("sigma", b"# ssh: not expressed"), ("json", b'"id":"ssh"')):  # fmt: skip
            done = self.patterns("export", "--format", name)
            self.assertIn(expected, done.stdout)
            self.assertEqual(b"mogura: ssh: " in done.stderr, name != "json", "losses are told")

    def test_to_a_file(self):
        self.add()
        target = self.folder.parent / "out.rules"
        self.assertEqual(self.patterns("export", "--format", "suricata", "--output", target).stdout, b"")
        self.assertIn("sid:1", target.read_text())
        self.patterns("export", "--output", self.folder / "no" / "where", expect=4)

    def test_candidates_only_when_asked(self):
        self.add(text=PATTERN + "candidate = true\n")
        self.assertEqual(json.loads(self.patterns("export").stdout)["patterns"], [])
        self.assertEqual(len(json.loads(self.patterns("export", "--candidates").stdout)["patterns"]), 1)
        self.assertEqual(len(json.loads(self.patterns("export", "ssh").stdout)["patterns"]), 1)


class Help(unittest.TestCase):
    def test_subcommands_are_in_help_manual_and_completion(self):
        overview = harness.run("patterns", "-h").stdout.decode()
        for command in ("list", "show", "accept", "edit", "remove", "test", "export"):
            self.assertIn(f"\n  {command} ", overview)
            page = harness.run("patterns", command, "-h")
            self.assertEqual(page.returncode, 0)
            self.assertIn(f"Usage: mogura patterns {command} [options]", page.stdout.decode())
        self.assertIn("mogura patterns accept", harness.run("man").stdout.decode())
        for shell in ("bash", "zsh", "fish"):
            script = harness.run("completion", shell).stdout.decode()
            self.assertIn("accept", script)
            self.assertIn("labels", script)

    def test_usage(self):
        for arguments in ((), ("list", "extra"), ("show",), ("accept",), ("export", "--format", "word"), ("test",)):
            with self.subTest(arguments=arguments):
                self.assertEqual(harness.run("patterns", *arguments).returncode, 2)


if __name__ == "__main__":
    harness.main()
