#!/usr/bin/env python3
"""`analyze --html`: one file that loads nothing, runs its own script only, and shows what the JSON document says.

What a browser does with it is tested in tests/web.
"""

import base64
import hashlib
import html.parser
import json
import pathlib
import re
import tempfile
import unittest

import harness
from pcapgen import Conversation, write_pcap

OK = b"HTTP/1.1 200 OK\r\n\r\n"
HOSTILE = [
    b"</script><script>marked()</script>",
    b"<!--<script>",
    b"</noscript><img src=x onerror=marked()>",
    b"\"><svg/onload=marked()>' onmouseover='marked()",
    b"&lt;script&gt;&#60;b&#62;",
    b"a\xe2\x80\xaetxt.exe\xe2\x81\xa6b",
    b"\x1b[2J\x1b]0;title\x07",
    b"\xff\xfe\x80",
    b"\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf\xe2\x80\x8b",
    b"${marked()}{{marked()}}",
    b"x" * 1_000_000,
]
# Elements and attributes that make a browser fetch something.
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping", "manifest", "archive"}
FORBIDDEN_ELEMENTS = {"iframe", "frame", "object", "embed", "img", "base", "form", "video", "audio", "svg", "a"}


class Page(html.parser.HTMLParser):
    """What a report consists of: its elements, scripts, styles, and the text where no script runs."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.scripts = []  # (attributes, content)
        self.styles = []
        self.plain = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append([dict(attrs), ""])
        if tag == "style":
            self.styles.append("")

    def handle_data(self, data):
        if self.cdata_elem == "script":
            self.scripts[-1][1] += data
        elif self.cdata_elem == "style":
            self.styles[-1] += data
        else:
            self.plain.append(data)

    def data(self):
        blocks = [content for attributes, content in self.scripts if attributes.get("type") == "application/json"]
        assert len(blocks) == 1, "one block of data"
        return json.loads(blocks[0])

    def policy(self):
        return next(a["content"] for tag, a in self.elements
                    if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy")  # fmt: skip


def source_of(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


class InFolder(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def report(self, *inputs, options=(), expect=0):
        """The page, its text, and the JSON document of the same run."""
        page, document = self.folder / "report.html", self.folder / "report.json"
        done = harness.run("analyze", "--quiet", "--html", page, "--json", document, *options, *inputs)
        self.assertEqual(done.returncode, expect, done.stderr)
        text = page.read_bytes().decode("utf-8")  # which fails on what is not UTF-8
        return Page(text), text, json.loads(document.read_text())

    def assert_sealed(self, page, text):
        """Nothing but the one script and the one style may run or load."""
        run = [content for attributes, content in page.scripts if attributes.get("type") != "application/json"]
        self.assertEqual(len(run), 1)
        self.assertEqual(len(page.styles), 1)
        self.assertTrue(all(set(attributes) <= {"type", "id"} for attributes, _ in page.scripts))
        policy = dict(part.strip().split(" ", 1) for part in page.policy().split(";"))
        self.assertEqual(policy["default-src"], "'none'")
        self.assertEqual(policy["script-src"], source_of(run[0]))
        self.assertEqual(policy["style-src"], source_of(page.styles[0]))
        self.assertEqual(set(policy), {"default-src", "script-src", "style-src", "img-src", "base-uri", "form-action"})
        self.assertEqual(policy["img-src"], "data:")
        for tag, attributes in page.elements:
            self.assertNotIn(tag, FORBIDDEN_ELEMENTS)
            for name, value in attributes.items():
                self.assertNotIn(name, LOADING, (tag, name))
                self.assertFalse(name.startswith("on"), (tag, name))
                if name == "href":
                    self.assertEqual(value, "data:,", tag)
        self.assertNotRegex(page.styles[0], r"url\(|@import|expression")
        self.assertNotIn("\r", text)


class BundledDay(InFolder):
    """The recorded day."""

    def test_holds_the_analysis_document_and_loads_nothing(self):
        page, text, document = self.report(harness.SAMPLE)
        self.assert_sealed(page, text)
        self.assertEqual(page.data()["analysis"], document)
        self.assertEqual(page.data()["schema"], "mogura.report/1")

    def test_says_without_scripts_what_to_look_at(self):
        page, _, document = self.report(harness.SAMPLE)
        plain = "".join(page.plain)
        for finding in document["findings"]:
            if finding["score"] < 0.5:
                continue
            self.assertIn(finding["destination"], plain)
            for evidence in finding["evidence"]:
                if evidence["text"].isprintable():  # else it is written with escapes
                    self.assertIn(evidence["text"], plain)

    def test_counts_every_session_of_a_finding_in_its_timeline(self):
        page, _, document = self.report(harness.SAMPLE)
        details = page.data()["details"]
        self.assertEqual(len(details), len(document["findings"]))
        for finding, shown in zip(document["findings"], details, strict=True):
            clients = shown["timeline"]["clients"]
            self.assertEqual(sum(client["sessions"] for client in clients), finding["sessions"])
            self.assertEqual(sorted(client["client"] for client in clients), finding["clients"])
            for client in clients:
                self.assertTrue(all(0 <= i < shown["timeline"]["slices"] for i in client["cells"][::2]))

    def test_is_the_same_for_any_number_of_threads(self):
        def without_time(text):
            written = re.search(r'"written":"([^"]*)"', text).group(1)
            return text.replace(written, "")

        reports = [without_time(self.report(harness.SAMPLE, options=("--threads", n))[1]) for n in (1, 4)]
        self.assertEqual(reports[0], reports[1])

    def test_shows_the_candidates_that_learn_writes(self):
        folder = self.folder / "learnt"
        page, _, _ = self.report(harness.SAMPLE, options=("--learn", folder))
        shown = {c["id"]: c["text"] for d in page.data()["details"] for c in d["candidates"]}
        written = {path.stem: path.read_text() for path in folder.glob("*.toml")}
        self.assertTrue(written)
        self.assertEqual(shown, written)
        self.assertEqual(page.data()["learned_into"], str(folder))

    def test_shows_the_same_candidates_where_none_are_written(self):
        with_learn = self.report(harness.SAMPLE, options=("--learn", self.folder / "learnt"))[0].data()
        without = self.report(harness.SAMPLE)[0].data()
        self.assertEqual([d["candidates"] for d in without["details"]], [d["candidates"] for d in with_learn["details"]])
        self.assertNotIn("learned_into", without)


class Hostility(InFolder):
    """Names from the wire that want to be more than names."""

    def conversations(self):
        for number, text in enumerate(HOSTILE):
            field = text.replace(b"\r", b"").replace(b"\n", b"")
            host = b"h%d." % number + field[:200] + b".example"
            for again in range(3):
                yield (Conversation(client=(f"192.0.2.{10 + number}", 1000 + again)).open()
                       .up(b"CONNECT " + host.replace(b" ", b"") + b":443 HTTP/1.1\r\nUser-Agent: " + field[:60_000] + b"\r\n\r\n")
                       .down(OK).down(b"SSH-2.0-" + field[:900] + b"\r\n").up(b"SSH-2.0-" + field[:900] + b"\r\n").close())  # fmt: skip
            yield (Conversation(client=(f"192.0.2.{10 + number}", 2000)).open()
                   .up(b"GET http://plain%d.example/" % number + b" HTTP/1.1\r\nHost: " + host + b"\r\nUser-Agent: " + field[:60_000]
                       + b"\r\n\r\n").down(b"HTTP/1.1 204 No\r\n\r\n").close())  # fmt: skip

    def captured(self):
        path = self.folder / "hostile.pcap"
        write_pcap(path, [packet for talk in self.conversations() for packet in talk.packets])
        return path

    def test_names_stay_names(self):
        page, text, document = self.report(self.captured())
        self.assert_sealed(page, text)
        self.assertGreaterEqual(len(document["findings"]), 5)
        self.assertEqual(page.data()["analysis"]["findings"], document["findings"])
        self.assertLess(len(text), 5_000_000)

    def test_nothing_that_html_knows_is_in_the_data(self):
        _, text, _ = self.report(self.captured())
        data = text.split('id="data">', 1)[1].split("</script>", 1)[0]
        self.assertNotRegex(data, "[<>&\u2028\u2029\u202e\u2066\ufeff\u200b\x00-\x1f\x7f-\x9f]")

    def test_invisible_characters_are_written_out_where_no_script_runs(self):
        page, text, _ = self.report(self.captured())
        plain = text.split("<noscript>", 1)[1].split("</noscript>", 1)[0]
        self.assertNotRegex(plain, "[\u202a-\u202e\u2066-\u2069\u200b\ufeff\x00-\x09\x0b-\x1f\x7f-\x9f]")
        self.assertIn("\\u202e", "".join(page.plain))

    def test_a_hostile_file_name(self):
        path = self.folder / "<img src=x onerror=marked()>.pcap"
        path.write_bytes(self.captured().read_bytes())
        page, text, _ = self.report(path)
        self.assert_sealed(page, text)


class Outputs(InFolder):
    """The option itself."""

    def test_to_stdout_alone(self):
        done = harness.run("analyze", "--html", "-", harness.SAMPLE)
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.startswith(b"<!doctype html>"))
        self.assertTrue(done.stdout.endswith(b"</html>\n"))

    def test_not_two_outputs_to_one_place(self):
        for other in ("--json", "--sessions"):
            done = harness.run("analyze", "--html", "-", other, "-", harness.SAMPLE)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"same place", done.stderr)

    def test_not_over_an_input(self):
        path = self.folder / "a.pcap"
        write_pcap(path, [])
        done = harness.run("analyze", "--html", path, path)
        self.assertEqual(done.returncode, 2)

    def test_a_place_that_cannot_be_written(self):
        done = harness.run("analyze", "--quiet", "--html", self.folder / "none" / "report.html", harness.SAMPLE)
        self.assertEqual(done.returncode, 4)
        self.assertIn(b"report.html", done.stderr)

    def test_of_nothing(self):
        path = self.folder / "empty.pcap"
        write_pcap(path, [])
        page, text, _ = self.report(path)
        self.assert_sealed(page, text)
        self.assertEqual(page.data()["details"], [])

    def test_of_a_damaged_file_and_of_one_that_is_missing(self):
        page, text, document = self.report(self.folder / "missing.pcap", expect=3)
        self.assert_sealed(page, text)
        self.assertTrue(document["inputs"][0]["errors"])
        self.assertEqual(page.data()["analysis"]["inputs"], document["inputs"])


if __name__ == "__main__":
    harness.main()
