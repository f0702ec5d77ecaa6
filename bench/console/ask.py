"""Asks a console on loopback what its pages ask, and prints how long each answer took: the first of its kind, and the median
and the longest of the others. Python's standard library only.

    ask.py PORT
"""

import http.client
import json
import pathlib
import statistics
import sys
import time
import urllib.parse

ROUNDS = 20
GOAL_MS = 300
PATTERN = (pathlib.Path(__file__).parent / "pattern.toml").read_text()


class Console:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.session = {}
        answer = self.ask("/api/session", keep=True)
        self.session["X-CSRF-Token"] = json.loads(answer)["csrf"]

    def ask(self, path, body=None, keep=False):
        self.connection.request("GET" if body is None else "POST", path, body, self.session)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {content[:300]}")
        if keep:
            self.session["Cookie"] = answer.getheader("Set-Cookie").partition(";")[0]
        return content

    def rows(self, path, **asked):
        return json.loads(self.ask(path + "?" + urllib.parse.urlencode(asked)))["rows"]


def measure(console, page, name, path, body=None, rounds=ROUNDS, **asked):
    url = path + ("?" + urllib.parse.urlencode(asked) if asked else "")
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        content = console.ask(url, body)
        times.append((time.perf_counter() - start) * 1000)
    first, *times = times
    answer = json.loads(content) if content.startswith(b"{") else {}
    rows = len(answer["rows"]) if "rows" in answer else answer.get("sessions", 1)
    mark = "" if max(first, *times) < GOAL_MS or page == "-" else "  !"
    print(f"{page:<12}{name:<46}{rows:>7}{len(content):>9}{first:>9.1f}{statistics.median(times):>9.1f}{max(times):>9.1f}{mark}",
          flush=True)  # fmt: skip


def known(console):
    """What there is to ask for: frequent things and rare ones."""
    latest = console.rows("/api/sessions", limit=500)
    common = {key: statistics.mode(row[key] for row in latest if key in row) for key in ("destination", "client", "user_agent", "ja4")}
    clients = console.rows("/api/clients", limit=500)
    rare = min((row for row in clients if row.get("user_agent")), key=lambda row: row["sessions"])
    suites = statistics.mode(row["line"]["cipher_suites"] for row in latest if "cipher_suites" in row["line"])
    findings = console.rows("/api/findings", limit=40)
    has_most = max(findings, key=lambda row: len(console.rows(f"/api/findings/{row['finding_id']}/sessions", limit=500)))
    alerts = console.rows("/api/alerts", kind="finding", limit=1)
    return {**common, "rare": rare, "cipher_suites": suites, "rare_destination": findings[-1]["destination"], "latest": latest[0]["end"],
            "finding": has_most["finding_id"], "announced": alerts[0]["finding_id"]}  # fmt: skip


def main():
    console = Console(int(sys.argv[1]))
    there = known(console)
    finding = there["finding"]
    print(f"{'page':<12}{'question':<46}{'rows':>7}{'bytes':>9}{'first':>9}{'median':>9}{'most ms':>9}")
    ask = lambda *what, **asked: measure(console, *what, **asked)  # noqa: E731
    ask("any", "who asks", "/api/session")
    ask("overview", "the last week", "/api/overview")
    ask("overview", "92 days", "/api/overview", hours=2208)
    for name, asked in (("all", {}), ("text", {"q": "site12"}), ("text that is in none", {"q": "zebra"}), ("by sessions, earlier too", {"sort": "-sessions", "earlier": 1}),
                        ("500 on a page", {"limit": 500}), ("of a client", {"client": there["client"]})):  # fmt: skip
        ask("findings", name, "/api/findings", **asked)
    ask("findings", "by application", "/api/finding-groups", by="application")
    ask("findings", "by client", "/api/finding-groups", by="client")
    ask("finding", "all about it", f"/api/findings/{finding}")
    ask("finding", "its sessions", f"/api/findings/{finding}/sessions")
    rare = there["rare"]
    for name, asked in (
        ("all", {}), ("frequent destination", {"destination": there["destination"]}), ("rare destination", {"destination": there["rare_destination"]}),
        ("frequent client", {"client": there["client"]}), ("rare client", {"client": rare["client"]}), ("frequent User-Agent", {"user_agent": there["user_agent"]}),
        ("rare User-Agent", {"user_agent": rare["user_agent"]}), ("User-Agent that nobody has", {"user_agent": "zebra"}), ("no User-Agent", {"no_user_agent": 1}),
        ("cipher list", {"cipher_suites": there["cipher_suites"]}), ("JA4", {"ja4": there["ja4"]}), ("kind: websocket", {"kind": "websocket"}),
        ("kind: connect", {"kind": "connect"}), ("domain", {"registrable_domain": "example.com"}), ("before the last day", {"to": there["latest"]}),
        ("rare User-Agent of a rare client", {"client": rare["client"], "user_agent": rare["user_agent"]}),
        ("frequent client, no User-Agent, websocket", {"client": there["client"], "no_user_agent": 1, "kind": "websocket"}),
        ("frequent client and destination", {"client": there["client"], "destination": there["destination"]}),
        ("500 on a page", {"limit": 500}),
    ):  # fmt: skip
        ask("sessions", name, "/api/sessions", **asked)
    for by in ("destination", "user_agent", "cipher_suites", "ja4", "registrable_domain"):
        ask("populations", by, "/api/populations", by=by)
    for name, asked in (("all", {}), ("text", {"q": "Chrome/99"}), ("text that is in none", {"q": "zebra"}), ("of a client", {"client": there["client"]}),
                        ("verdict: tampering", {"verdict": "tampering"}), ("text and verdict", {"q": "10.20.1", "verdict": "no-jar"})):  # fmt: skip
        ask("clients", name, "/api/clients", **asked)
    ask("client", "its verdicts", "/api/verdicts", client=there["client"])
    ask("client", "its states", "/api/challenges", client=there["client"])
    for name, asked in (("all", {}), ("text", {"q": "site12"}), ("text that is in none", {"q": "zebra"}), ("severity: high", {"severity": "high"}),
                        ("of a finding", {"finding_id": there["announced"]}), ("of a pattern", {"pattern_id": "pattern-40"})):  # fmt: skip
        ask("alerts", name, "/api/alerts", **asked)
    ask("audit", "all", "/api/audit")
    ask("patterns", "all", "/api/patterns")
    ask("patterns", "one", "/api/patterns/pattern")
    print("what may take seconds, and says so while it does:")
    measure(console, "-", "a pattern tried on 20,000 sessions", "/api/patterns/preview", json.dumps({"text": PATTERN}).encode(), 3)
    body = json.dumps({"text": PATTERN, "finding_id": finding}).encode()
    measure(console, "-", "and on those of a finding", "/api/patterns/preview", body, 3)
    measure(console, "-", "all sessions as CSV (100,000)", "/api/sessions", None, 1, format="csv")


if __name__ == "__main__":
    main()
