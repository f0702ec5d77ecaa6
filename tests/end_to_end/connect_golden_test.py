#!/usr/bin/env python3
"""The public captures of CONNECT dialogues against connect_golden.tsv."""

import unittest

import harness

GOLDEN = harness.ROOT / "tests" / "end_to_end" / "connect_golden.tsv"


def observed(session):
    return {
        "client": session["client_ip"],
        "kind": session["kind"],
        "destination": session.get("destination"),
        "inner_protocol": session.get("inner_protocol"),
        "anomalies": ",".join(sorted(session.get("connect_anomalies", []))) or "none",
        "exchanges": f"{session['exchanges_up']}/{session['exchanges_down']}",
    }


class ConnectGolden(unittest.TestCase):
    def test_every_row(self):
        folder = harness.shared("public/connect")
        for row in harness.read_table(GOLDEN):
            with self.subTest(file=row["file"], why=row["why"]):
                sessions = harness.sessions_of(folder / row["file"])
                self.assertEqual(len(sessions), 1, "sessions")
                columns = {key: value for key, value in row.items() if key not in ("file", "why") and value != "-"}
                found = observed(sessions[0])
                self.assertEqual({key: found[key] for key in columns}, columns)

    def test_every_capture_has_a_row(self):
        folder = harness.shared("public/connect")
        self.assertEqual(sorted(row["file"] for row in harness.read_table(GOLDEN)),
                         sorted(path.name for path in folder.glob("*.pcap*")))  # fmt: skip


if __name__ == "__main__":
    harness.main()
