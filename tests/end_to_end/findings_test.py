#!/usr/bin/env python3
"""What is hidden is found, what is ordinary is not accused: findings against the labels of labelled captures, and
against public captures and logs of which it is known what is in them."""

import collections
import functools
import json
import shutil
import tempfile
import unittest

import harness

LOOK_AT = 0.5
ORDINARY_ACCUSED = 0.02
NAMED = 0.8

# A part of the name that the application must have. Programs that leave no trace of their own are named by what they
# carry.
NAMES = {
    "corkscrew+openssh": "SSH",
    "openvpn": "OpenVPN",
    "stunnel+ssh": "stunnel",
    "openconnect": "OpenConnect",
    "httptunnel": "httptunnel",
    "websockify+wsclient": "WebSocket",
    "curl-proxytunnel": "curl",
    "beacon-a": "beacon",
}


def is_hidden(kind):
    return kind.startswith("tunnel") or kind == "beacon"


def by_destination(document):
    """The findings of each destination, highest score first."""
    table = collections.defaultdict(list)
    for finding in document["findings"]:
        for destination in finding.get("destinations", [finding["destination"]]):
            table[destination].append(finding)
    return table


class Checks(unittest.TestCase):
    def check_hidden(self, document, rows, destination="destination"):
        findings = by_destination(document)
        named = total = 0
        for row in rows:
            with self.subTest(client=row["client_ip"], destination=row[destination], tool=row["tool"]):
                best = next(iter(findings[row[destination]]), None)
                self.assertIsNotNone(best)
                self.assertGreaterEqual(best["score"], LOOK_AT)
                self.assertIn(row["client_ip"], best["clients"])
                total += 1
                named += NAMES[row["tool"]].lower() in best.get("application", {}).get("name", "").lower()
        self.assertGreaterEqual(named, NAMED * total)


class BundledDay(Checks):
    def test_everything_hidden_is_found_and_named(self):
        self.check_hidden(harness.document_of(harness.SAMPLE), harness.read_table(harness.SAMPLE_LABELS))

    def test_nothing_else_is_accused(self):
        hidden = {row["destination"] for row in harness.read_table(harness.SAMPLE_LABELS)}
        accused = [f["destination"] for f in harness.document_of(harness.SAMPLE)["findings"] if f["score"] >= LOOK_AT]
        self.assertEqual(set(accused) - hidden, set())

    def test_reading_the_day_twice_raises_no_score(self):
        once = {f["finding_id"]: f["score"] for f in harness.document_of(harness.SAMPLE)["findings"]}
        twice = {f["finding_id"]: f["score"] for f in harness.document_of(harness.SAMPLE, harness.SAMPLE)["findings"]}
        for finding_id, score in twice.items():
            self.assertLessEqual(score, once.get(finding_id, 0) + 0.005)


@functools.cache
def labels():
    return harness.read_table(harness.shared("captures/labels.tsv"))


class LabelledCaptures(Checks):
    def test_everything_hidden_is_found_on_the_clients_side(self):
        folder = harness.shared("captures")
        for capture in sorted({row["capture"] for row in labels() if ".client." in row["capture"]}):
            with self.subTest(capture=capture):
                rows = [row for row in labels() if row["capture"] == capture and is_hidden(row["kind"])]
                self.check_hidden(harness.document_of(folder / capture), rows, "dest_host:port")

    def test_ordinary_destinations_are_not_accused(self):
        rows = [row for row in labels() if row["capture"] == "day.client.pcap.gz"]
        hidden = {row["dest_host:port"] for row in rows if is_hidden(row["kind"])}
        ordinary = {row["dest_host:port"] for row in rows} - hidden
        findings = by_destination(harness.document_of(harness.shared("captures") / "day.client.pcap.gz"))
        accused = [d for d in ordinary if any(f["score"] >= LOOK_AT for f in findings[d])]
        self.assertLessEqual(len(accused), ORDINARY_ACCUSED * len(ordinary), accused)


class PublicData(Checks):
    def test_the_service_behind_the_odd_user_agent_comes_first(self):
        folder = harness.shared("public/logs/zeek")
        for inputs in (sorted(folder.glob("*.log")), [folder / "http.log"], [folder]):
            with self.subTest(inputs=[path.name for path in inputs]):
                first = harness.document_of(*inputs)["findings"][0]
                self.assertEqual(first["destination"], "www.honestimnotevil.com:443")
                self.assertGreaterEqual(first["score"], LOOK_AT)

    def test_logs_are_recognised_on_standard_input_too(self):
        log = harness.shared("public/logs/squid-access.log").read_bytes()
        done = harness.run("analyze", "--json", "-", "--quiet", "-", stdin=log)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(json.loads(done.stdout)["sessions"]["total"], 4596)

    def test_a_folder_with_logs_and_captures_is_read_whole(self):
        folder = harness.shared("public/logs/zeek")
        with tempfile.TemporaryDirectory() as mixed:
            for path in (*folder.glob("*.log"), harness.SAMPLE):
                shutil.copy(path, mixed)
            self.assertEqual(harness.document_of(mixed)["sessions"]["total"], 407 + 1302)

    def test_a_beacon_is_found_with_its_interval(self):
        document = harness.document_of(harness.shared("public/beacon/get-beacons-3h.pcap"))
        (beacon,) = [e for e in document["findings"][0]["evidence"] if e["code"] == "beacon"]
        self.assertGreaterEqual(document["findings"][0]["score"], LOOK_AT)
        self.assertRegex(beacon["text"], r"came every 5\.\d s ")

    def test_ssh_in_a_websocket_is_found(self):
        first = harness.document_of(harness.shared("public/websocket/ssh-in-wstunnel.pcap"))["findings"][0]
        self.assertGreaterEqual(first["score"], LOOK_AT)
        self.assertIn("SSH in WebSocket", first["application"]["name"])

    def test_a_page_that_uses_websockets_is_not_accused(self):
        document = harness.document_of(harness.shared("public/websocket/jupyter-legitimate.pcap"))
        self.assertEqual([f for f in document["findings"] if f["score"] >= LOOK_AT], [])


if __name__ == "__main__":
    harness.main()
