#!/usr/bin/env python3
"""The command line of `mogura analyze`: exit status, inputs, outputs, and what must never come out."""

import gzip
import json
import os
import pathlib
import struct
import subprocess
import tempfile
import time
import unittest

import harness
from pcapgen import Conversation, pcap_bytes, write_pcap

CONNECT = b"CONNECT relay.example:443 HTTP/1.1\r\nHost: relay.example:443\r\nUser-Agent: probe/1\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n\r\n"


def tunnel(port=40000, start=1_700_000_000_000_000, messages=12):
    talk = Conversation(client=("192.0.2.10", port), start=start).open().up(CONNECT).down(OK)
    for _ in range(messages):
        talk.up(b"SSH-2.0-probe\r\n").down(b"SSH-2.0-answer\r\n")
    return talk.close()


class InFolder(unittest.TestCase):
    def setUp(self):
        keeper = tempfile.TemporaryDirectory()
        self.addCleanup(keeper.cleanup)
        self.folder = pathlib.Path(keeper.name)

    def capture(self, name="one.pcap", conversation=None):
        path = self.folder / name
        write_pcap(path, (conversation or tunnel()).packets)
        return path


class ExitStatus(InFolder):
    def test_done(self):
        self.assertEqual(harness.run("analyze", self.capture()).returncode, 0)

    def test_an_empty_capture_is_no_error(self):
        path = self.folder / "empty.pcap"
        write_pcap(path, [])
        self.assertEqual(harness.run("analyze", path).returncode, 0)

    def test_usage(self):
        path = self.capture()
        for arguments in (
            (),
            ("no-such-command",),
            ("analyze",),
            ("analyze", "--no-such-option", path),
            ("analyze", "--min-exchanges", "many", path),
            ("analyze", "--threads", "-1", path),
            ("analyze", "--format", "word", path),
            ("analyze", "--min-exchanges", "-1", path),
            ("analyze", "--fail-on", "nan", path),
            ("analyze", "--json", "", path),
            ("analyze", "--json", "-", "--sessions", "-", path),
            ("analyze", "-", "-"),
        ):
            with self.subTest(arguments=arguments):
                done = harness.run(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertEqual(done.stdout, b"")
                self.assertTrue(done.stderr.strip())

    def test_a_command_that_does_not_exist_is_named(self):
        self.assertIn(b'"watsch"', harness.run("watsch").stderr)

    def test_an_output_never_replaces_an_input(self):
        path = self.capture()
        before = path.read_bytes()
        link = self.folder / "link.pcap"
        link.symlink_to(path)
        for option in ("--json", "--sessions"):
            for output in (path, link):
                self.assertEqual(harness.run("analyze", option, output, path).returncode, 2)
                self.assertEqual(path.read_bytes(), before)

    def test_input_that_cannot_be_read(self):
        good = self.capture()
        text = self.folder / "notes.txt"
        text.write_text("this is no capture\n")
        for path in (self.folder / "missing.pcap", text):
            with self.subTest(path=path.name):
                done = harness.run("analyze", path)
                self.assertEqual(done.returncode, 3)
                self.assertIn(path.name, done.stderr.decode())
                document = harness.document_of(good, path, expect=3)
                self.assertEqual(document["sessions"]["total"], 1, "what could be read is still reported")

    def test_fail_on(self):
        path = self.capture()
        document = harness.document_of(path)
        score = max(finding["score"] for finding in document["findings"])
        self.assertEqual(harness.run("analyze", "--fail-on", score, path).returncode, 1)
        if score < 1:
            self.assertEqual(harness.run("analyze", "--fail-on", 1, path).returncode, 0)

    def test_output_that_cannot_be_written(self):
        done = harness.run("analyze", "--json", self.folder / "no" / "such" / "folder.json", self.capture())
        self.assertEqual(done.returncode, 4)

    def test_standard_output_that_cannot_be_written(self):
        path = self.capture()
        for arguments in (("analyze", path), ("analyze", "--json", "-", path), ("version",), ("man",), ("-h",)):
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                done = subprocess.run([harness.MOGURA, *map(str, arguments)], stdout=full, stderr=subprocess.PIPE, check=False)
                self.assertEqual(done.returncode, 4)
                self.assertIn(b"standard output", done.stderr)

    def test_a_file_never_takes_the_place_of_a_closed_stream(self):
        document = self.folder / "out.json"
        done = subprocess.run(["/bin/sh", "-c", 'exec "$@" >&-', "sh", harness.MOGURA, "analyze", "--json", document,
                               self.capture()], stderr=subprocess.PIPE, check=False)  # fmt: skip
        self.assertEqual(done.returncode, 4)
        self.assertEqual(json.loads(document.read_text())["sessions"]["total"], 1)

    def test_help_and_version(self):
        for arguments in (("-h",), ("--help",), ("analyze", "-h"), ("analyze", "--help"), ("version",), ("--version",)):
            with self.subTest(arguments=arguments):
                done = harness.run(*arguments)
                self.assertEqual(done.returncode, 0)
                self.assertTrue(done.stdout.strip())
                self.assertEqual(done.stderr, b"")


class Inputs(InFolder):
    def test_byte_orders_and_resolutions(self):
        for order in "<>":
            for nanoseconds in (False, True):
                with self.subTest(order=order, nanoseconds=nanoseconds):
                    path = self.folder / "x.pcap"
                    write_pcap(path, tunnel().packets, order, nanoseconds)
                    (session,) = harness.sessions_of(path)
                    self.assertEqual(session["start"], "2023-11-14T22:13:20.000000Z")

    def test_compressed(self):
        plain = self.capture()
        zipped = self.folder / "one.pcap.gz"
        zipped.write_bytes(gzip.compress(plain.read_bytes()))
        expected = harness.sessions_of(plain)
        self.assertEqual(harness.sessions_of(zipped), expected)
        zstandard = self.folder / "one.pcap.zst"
        try:
            subprocess.run(["zstd", "-q", plain, "-o", zstandard], check=True)
        except FileNotFoundError:
            self.skipTest("the program zstd is not installed")
        self.assertEqual(harness.sessions_of(zstandard), expected)

    def test_compression_is_told_by_content_not_by_name(self):
        path = self.folder / "no-extension"
        path.write_bytes(gzip.compress(self.capture().read_bytes()))
        self.assertEqual(len(harness.sessions_of(path)), 1)

    def test_standard_input(self):
        expected = harness.sessions_of(self.capture())
        for data in (pcap_bytes(tunnel().packets), gzip.compress(pcap_bytes(tunnel().packets))):
            done = harness.run("analyze", "--quiet", "--sessions", "-", "-", stdin=data)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual([json.loads(line) for line in done.stdout.splitlines()], expected)

    def test_a_pipe_while_it_is_written(self):
        """Written packet by packet with pauses inside of headers and packets; all of it is there in the end."""
        data = pcap_bytes(tunnel().packets)
        with subprocess.Popen([harness.MOGURA, "analyze", "--quiet", "--sessions", "-", "-"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, bufsize=0) as process:  # fmt: skip
            for start in range(0, len(data), 97):
                process.stdin.write(data[start : start + 97])
                time.sleep(0.001)  # lets the reader run dry; nothing depends on how long
            output, _ = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0)
        self.assertEqual([json.loads(line) for line in output.splitlines()], harness.sessions_of(self.capture()))

    def test_several_files_are_one_timeline(self):
        """A connection whose packets are dealt out over three files, named in the wrong order."""
        packets = tunnel().packets
        third = len(packets) // 3
        paths = [self.folder / name for name in ("c.pcap", "a.pcap", "b.pcap")]
        for path, part in zip(paths, (packets[2 * third :], packets[:third], packets[third : 2 * third]), strict=True):
            write_pcap(path, part)
        whole = harness.sessions_of(self.capture("whole.pcap"))
        self.assertEqual(harness.sessions_of(*paths), whole)
        for path in self.folder.glob("whole.pcap"):
            path.unlink()
        self.assertEqual(harness.sessions_of(self.folder), whole, "a folder stands for the captures in it")
        self.assertEqual(len(harness.document_of(*paths)["inputs"]), 3)

    def test_damage_is_named_with_its_place(self):
        """Everything before the damage counts; the damage is named with its offset; status 3."""
        good = pcap_bytes(tunnel(40001).packets + tunnel(40002, start=1_700_000_100_000_000).packets)
        second = len(pcap_bytes(tunnel(40001).packets))
        for name, data in (
            ("cut in a packet", good[: second + 16 + 20]),
            ("cut in a packet header", good[: second + 7]),
            ("a length beyond all reason", good[: second + 8] + struct.pack("<I", 0x7FFFFFFF) + good[second + 12 :]),
        ):
            with self.subTest(name):
                path = self.folder / "damaged.pcap"
                path.write_bytes(data)
                done = harness.run("analyze", "--quiet", "--json", "-", path)
                self.assertEqual(done.returncode, 3)
                document = json.loads(done.stdout)
                self.assertEqual(document["sessions"]["total"], 1)
                (error,) = document["inputs"][0]["errors"]
                for text in (json.dumps(error), done.stderr.decode()):
                    self.assertIn("damaged.pcap", text + str(path))
                    self.assertIn(str(second), text)

    def test_many_damaged_inputs_do_not_flood(self):
        for i in range(50):
            (self.folder / f"{i}.pcap").write_bytes(pcap_bytes([])[:20])
        done = harness.run("analyze", "--quiet", *self.folder.glob("*.pcap"))
        self.assertEqual(done.returncode, 3)
        self.assertLess(len(done.stderr.splitlines()), 30)
        self.assertIn(b"30 more", done.stderr)

    def test_more_files_of_one_moment_than_may_be_open_by_default(self):
        for i in range(100):
            self.capture(f"{i}.pcap", tunnel(port=40000 + i, messages=1))
        done = subprocess.run(["/bin/sh", "-c", 'ulimit -S -n 64; exec "$@"', "sh", harness.MOGURA, "analyze", "--quiet",
                               "--sessions", "-", self.folder], capture_output=True, check=False)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 100)

    def test_compressed_damage(self):
        path = self.folder / "cut.pcap.gz"
        whole = gzip.compress(pcap_bytes(tunnel().packets * 50))
        path.write_bytes(whole[: len(whole) // 2])
        done = harness.run("analyze", "--quiet", "--json", "-", path)
        self.assertEqual(done.returncode, 3)
        self.assertTrue(json.loads(done.stdout)["inputs"][0]["errors"])

    def test_the_same_whatever_the_threads(self):
        one = harness.sessions_of(harness.SAMPLE, options=("--threads", "1"))
        many = harness.sessions_of(harness.SAMPLE, options=("--threads", "4"))
        self.assertEqual(sorted(map(json.dumps, one)), sorted(map(json.dumps, many)))
        documents = [harness.document_of(harness.SAMPLE, options=("--threads", n)) for n in ("1", "4")]
        for key in ("sessions", "groups", "findings"):
            self.assertEqual(documents[0][key], documents[1][key], key)


class Outputs(InFolder):
    def test_document(self):
        document = harness.document_of(harness.SAMPLE)
        self.assertEqual(document["schema"], "mogura.analysis/1")
        self.assertIsInstance(document["version"], str)
        (report,) = document["inputs"]
        self.assertLessEqual({"path", "format", "packets", "bytes", "first", "last", "errors"}, set(report))
        self.assertEqual(report["packets"], 71329)
        self.assertEqual(report["errors"], [])
        self.assertRegex(report["first"], r"^2026-11-22T05:35:59\.562698Z$")
        sessions = document["sessions"]
        self.assertEqual(set(sessions["by_kind"]), {"get-post", "connect", "ssl", "websocket", "other"})
        self.assertEqual(sum(sessions["by_kind"].values()), sessions["total"])
        analysed = sessions["analysed"]
        self.assertEqual(analysed["min_exchanges"], 10)
        self.assertLessEqual(analysed["connect"] + analysed["ssl"], analysed["total"])
        self.assertGreaterEqual(document["counters"]["packets"], document["counters"]["decoded"])
        self.assertIsInstance(document["counters"]["not_decoded"], dict)

    def test_groups(self):
        groups = harness.document_of(harness.SAMPLE)["groups"]
        columns = {
            "destination": {"sessions", "clients", "user_agents", "cipher_lists", "bytes_up", "bytes_down"},
            "user_agent": {"sessions", "clients", "destinations", "cipher_lists"},
            "cipher_suites": {"ja4", "sessions", "clients", "destinations", "user_agents"},
        }
        for name, wanted in columns.items():
            rows = groups[name]
            self.assertTrue(rows)
            self.assertEqual(len({row["key"] for row in rows}), len(rows))
            counts = [row["sessions"] for row in rows]
            self.assertEqual(counts, sorted(counts, reverse=True), name)
            for row in rows:
                self.assertLessEqual(wanted | {"key"}, set(row), name)
        # Clients that shuffle their extensions have one JA3 for each hello; then there is none to show.
        self.assertTrue(any("ja3" in row for row in groups["cipher_suites"]))

    def test_groups_can_be_counted_again(self):
        sessions = harness.sessions_of(harness.SAMPLE)
        for row in harness.document_of(harness.SAMPLE)["groups"]["destination"][:10]:
            mine = [session for session in sessions if session.get("destination") == row["key"]]
            self.assertEqual(row["sessions"], len(mine), row["key"])
            self.assertEqual(row["clients"], len({session["client_ip"] for session in mine}), row["key"])
            self.assertEqual(row["bytes_up"], sum(session["bytes_up"] for session in mine), row["key"])

    def test_sessions(self):
        sessions = harness.sessions_of(harness.SAMPLE)
        self.assertEqual(len(sessions), harness.document_of(harness.SAMPLE)["sessions"]["total"])
        self.assertEqual(len({session["session_id"] for session in sessions}), len(sessions))
        wanted = {"session_id", "start", "end", "client_ip", "client_port", "server_ip", "server_port", "kind",
                  "exchanges_up", "exchanges_down", "packets_up", "packets_down", "bytes_up", "bytes_down",
                  "duration_s"}  # fmt: skip
        for session in sessions:
            self.assertLessEqual(wanted, set(session))
            self.assertRegex(session["session_id"], r"^1:[A-Za-z0-9+/]{27}=")
            self.assertLessEqual(session["start"], session["end"])
            for key, value in session.items():
                self.assertNotEqual(value, "", f"{key}: absent means not seen, never an empty string")

    def test_connect_that_is_not_tls_is_a_finding(self):
        document = harness.document_of(self.capture())
        (finding,) = document["findings"]
        self.assertEqual(finding["destination"], "relay.example:443")
        self.assertEqual(finding["evidence"][0]["code"], "connect-not-tls")
        total = sum(evidence["weight"] for evidence in finding["evidence"])
        self.assertAlmostEqual(finding["score"], min(1, max(0, total)), 6)

    def test_min_exchanges(self):
        path = self.capture(conversation=tunnel(messages=12))
        for least, analysed in ((12, 1), (13, 0)):
            document = harness.document_of(path, options=("--min-exchanges", str(least)))
            self.assertEqual(document["sessions"]["analysed"]["total"], analysed)
            self.assertEqual(document["sessions"]["analysed"]["min_exchanges"], least)

    def test_files_and_terminal_together(self):
        path, document, lines = self.capture(), self.folder / "out.json", self.folder / "out.jsonl"
        done = harness.run("analyze", "--json", document, "--sessions", lines, path)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(json.loads(document.read_text())["sessions"]["total"], 1)
        self.assertEqual(len(lines.read_text().splitlines()), 1)

    def test_the_transcript_in_the_readme_is_a_real_one(self):
        block = (harness.ROOT / "README.md").read_text().split("```\n$ build/release/mogura ", 1)[1].split("```")[0]
        command, *shown = [line for line in block.splitlines() if line not in ("", "[…]")]
        os.chdir(harness.ROOT)
        printed = iter(harness.run(*command.split(), env={"LC_ALL": "C.UTF-8"}).stdout.decode().splitlines())
        for line in shown:
            self.assertIn(line, printed)  # and in this order: the iterator is used up

    def test_no_colour_where_nobody_wants_it(self):
        path = self.capture()
        for done in (
            harness.run("analyze", path),  # not a terminal
            harness.run("analyze", "--no-color", path),
            harness.run("analyze", path, env={"NO_COLOR": "1"}),
        ):
            self.assertEqual(done.returncode, 0)
            self.assertNotIn(b"\x1b", done.stdout)

    def test_no_progress_on_a_file(self):
        done = harness.run("analyze", harness.SAMPLE)
        self.assertNotIn(b"\r", done.stderr)

    def test_hostile_text_stays_text(self):
        """Terminal control sequences from the wire reach neither terminal nor JSON as such."""
        agent = b"evil\x1b[2J\x1b]0;title\x07\x9b31m\xff\xfe"
        talk = Conversation().open().up(b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\nUser-Agent: " + agent
                                        + b"\r\n\r\n").down(b"HTTP/1.1 204 No\r\n\r\n").close()  # fmt: skip
        path = self.capture(conversation=talk)
        for options in ((), ("--json", "-", "--quiet"), ("--sessions", "-", "--quiet")):
            done = harness.run("analyze", *options, path)
            self.assertEqual(done.returncode, 0)
            text = done.stdout.decode("utf-8")  # which fails on what is not UTF-8
            self.assertEqual([c for c in text if ord(c) < 0x20 and c != "\n" or 0x7F <= ord(c) < 0xA0], [])

    def test_a_reader_that_goes_away_is_no_crash(self):
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "wb") as sink:
            done = subprocess.run([harness.MOGURA, "analyze", "--quiet", "--sessions", "-", harness.SAMPLE], stdout=sink,
                                  stderr=subprocess.PIPE, timeout=60, check=False)  # fmt: skip
        self.assertIn(done.returncode, (0, 4, -13))


class Secrets(InFolder):
    """Values of Cookie, Set-Cookie, Authorization and Proxy-Authorization never leave the program."""

    SECRET = b"hunter2-TOP-SECRET"

    def conversations(self):
        secret = self.SECRET
        fields = (b"Cookie: session=" + secret + b"\r\nAuthorization: Bearer " + secret
                  + b"\r\nProxy-Authorization: Basic " + secret + b"\r\n")  # fmt: skip
        folded = b"Cookie: a=1;\r\n " + secret + b"\r\nCOOKIE : b=" + secret + b"\r\n"
        answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: id=" + secret + b"\r\nContent-Length: 2\r\n\r\nok"
        yield (Conversation(client=("192.0.2.10", 1)).open()
               .up(b"GET http://u:" + secret + b"@a.example/?q=" + secret + b" HTTP/1.1\r\nHost: a.example\r\n" + fields + b"\r\n")
               .down(answer).close())  # fmt: skip
        yield (Conversation(client=("192.0.2.10", 2)).open()
               .up(b"CONNECT relay.example:443 HTTP/1.1\r\n" + fields + b"\r\n").down(OK)
               .up(b"GET / HTTP/1.1\r\n" + fields + b"\r\n").down(answer).close())  # fmt: skip
        yield Conversation(client=("192.0.2.10", 3)).open().up(b"GET / HTTP/1.1\r\n" + folded + b"\r\n").down(answer).close()
        # Malformed and cut heads: errors must not quote them.
        yield Conversation(client=("192.0.2.10", 4)).open().up(b"GET / HTTP/1.1\r\nCookie " + secret + b"\r\n\r\n").close()
        yield Conversation(client=("192.0.2.10", 5)).open().up(b"CONNECT a:1 HTTP/1.1\r\n" + fields[:-10]).close()
        yield (Conversation(client=("192.0.2.10", 6)).open().up(b"CONNECT u:" + secret + b"@relay.example:443 HTTP/1.1\r\n\r\n")
               .down(OK).up(b"SSH-2.0-x\r\n").close())  # fmt: skip
        yield (Conversation(client=("192.0.2.10", 7)).open()
               .up(b"GET / HTTP/1.1\r\nHost: u:" + secret + b"@a.example\r\n\r\n").down(answer).close())  # fmt: skip

    def test_nothing_comes_out(self):
        path = self.folder / "secrets.pcap"
        write_pcap(path, [packet for talk in self.conversations() for packet in talk.packets])
        document, lines = self.folder / "out.json", self.folder / "out.jsonl"
        done = harness.run("analyze", "--json", document, "--sessions", lines, path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(lines.read_bytes().splitlines()), 7)
        for output in (done.stdout, done.stderr, document.read_bytes(), lines.read_bytes()):
            self.assertNotIn(self.SECRET, output)
            self.assertNotIn(self.SECRET.hex().encode(), output)

    def test_not_from_a_frame_cut_short(self):
        path = self.folder / "cut.pcap"
        write_pcap(path, next(self.conversations()).packets, snap_length=200)
        done = harness.run("analyze", "--sessions", "-", path)
        self.assertEqual(done.returncode, 0)
        self.assertNotIn(self.SECRET, done.stdout + done.stderr)


if __name__ == "__main__":
    harness.main()
