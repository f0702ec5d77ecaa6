#!/usr/bin/env python3
"""Asks a running console what nobody should: every endpoint of docs/formats/console-api.md with mutated methods, paths,
parameters, bodies and fields, and requests whose bytes have been damaged.

    tests/end_to_end/console_fuzz.py SECONDS [SEED]

starts one (the program of the environment variable MOGURA, best one with sanitizers) over a database of the bundled
capture, and prints what came back and how its memory grew. It fails where the console dies or says anything on stderr,
where an answer does not parse or is a 5xx but 503 `busy`, and where markup or a file's content comes back.
"""

import collections
import csv
import dataclasses
import io
import json
import pathlib
import random
import re
import socket
import sys
import tempfile
import time
import urllib.parse

import harness

KEEP_PROBLEMS = 20
DATABASE_BYTES = 64 << 20  # beyond, nothing is changed any more
PATTERN = 'format = 1\nname = "SSH through the proxy"\nall = [ { kind = "connect" } ]\n'
# Method, path ({id}: a finding, {pattern}: a pattern), parameters, body.
LIST = ("limit", "after", "format")
ENDPOINTS = (
    ("GET", "/api/session", (), None), ("GET", "/api/overview", ("hours", "look"), None),
    ("GET", "/api/findings", (*LIST, "q", "status", "severity", "kind", "application", "client", "assignee", "min_score", "earlier", "since",
                              "sort"), None),
    ("GET", "/api/finding-groups", ("by", "q", "status", "severity", "kind", "client", "min_score", "earlier", "since", "format"), None),
    ("GET", "/api/findings/{id}", (), None), ("GET", "/api/findings/{id}/sessions", LIST, None), ("GET", "/api/findings/{id}/draft", (), None),
    ("GET", "/api/sessions", (*LIST, "destination", "client", "user_agent", "no_user_agent", "cipher_suites", "ja4", "kind",
                              "registrable_domain", "from", "to"), None),
    ("GET", "/api/clients", (*LIST, "q", "client", "verdict"), None), ("GET", "/api/verdicts", (*LIST, "client", "user_agent"), None),
    ("GET", "/api/challenges", (*LIST, "client", "user_agent"), None),
    ("GET", "/api/alerts", (*LIST, "q", "kind", "severity", "pattern_id", "finding_id"), None), ("GET", "/api/audit", LIST, None),
    ("GET", "/api/patterns", ("format",), None), ("GET", "/api/patterns/{pattern}", (), None), ("GET", "/api/patterns/export", ("format", "id"), None),
    ("GET", "/api/populations", ("by", *LIST), None), ("GET", "/api/live", (), None), ("GET", "/", (), None), ("GET", "/app.js", (), None),
    ("POST", "/api/login", (), {"user": "anna", "password": "x"}), ("POST", "/api/logout", (), {}),
    ("POST", "/api/findings/{id}/decision", (), {"status": "sanctioned", "owner": "net team", "reason": "known", "expires": "2099-01-01"}),
    ("POST", "/api/findings/{id}/name", (), {"name": "thing"}), ("POST", "/api/findings/{id}/assignee", (), {"assignee": "anna"}),
    ("POST", "/api/findings/{id}/notes", (), {"text": "seen"}), ("POST", "/api/findings/{id}/whois", (), {}),
    ("POST", "/api/patterns/preview", (), {"text": PATTERN, "finding_id": "{id}"}), ("POST", "/api/patterns/{pattern}", (), {"text": PATTERN}),
    ("POST", "/api/patterns/{pattern}/accept", (), {}), ("DELETE", "/api/patterns/{pattern}", (), None),
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "G", "GET\t", "\0")
VALUES = (
    "", "0", "1", "-1", "2", "500", "501", "99999999999999999999", "1e9", "0.5", "nan", "inf", "0x1", " 1", "1 ", "csv", "json-lines", "json", "score",
    "-score", "destination", "new", "sanctioned", "confirmed", "high", "connect", "ssl", "verdict", "user_agent", "ja4", "application", "client",
    "10.77.0.18", "::1", "2026-11-22T05:44:30Z", "2026-11-22", "9999-99-99", "0000-00-00T00:00:00Z", "2026-11-22T05:44:30.999999999+23:59",
    "%", "_", "'", '"', "' OR 1=1 --", "; DROP TABLE findings", "<script>alert(1)</script>", "../../../../etc/passwd", "\0", "\r\nX: y", "\u202e", "é",
    "\x1b[31m", "=1+1", "a" * 300, "a" * 1024, "a" * 1025, "*" * 200, "{}", "[]", "null", "no-jar", "c1795326270503491.2750299897770839740",
    "s9223372036854775807.1", "1.1", "-9223372036854775808", "18446744073709551616", "suricata", "sigma", "zeek", "snort",
)  # fmt: skip
FIELDS = ("Host", "Origin", "Sec-Fetch-Site", "Cookie", "X-CSRF-Token", "Content-Length", "Transfer-Encoding", "Expect", "Connection", "Last-Event-ID",
          "If-None-Match", "Content-Type", "Accept", "Range", "Upgrade", "Authorization", "X-Forwarded-For", "Forwarded", "X")  # fmt: skip
FIELD_VALUES = ("", "x", "0", "-1", "5", "chunked", "gzip, chunked", "100-continue", "close", "keep-alive", "upgrade", "websocket", "null", "http://evil.example",
                "cross-site", "same-origin", "mogura_session=", "mogura_session=" + "0" * 64, "a=b; " * 200, "99999999999999999999", "*", '"x"',
                "bytes=0-1", "\t", "a" * 9000, "é", "evil.example", "127.0.0.1:99999", "[::1", "localhost:")  # fmt: skip


@dataclasses.dataclass
class Report:
    requests: int = 0
    statuses: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    problems: list = dataclasses.field(default_factory=list)
    memory_kb: list = dataclasses.field(default_factory=list)  # each tenth of the time

    def tell(self, why, request, answer):
        if len(self.problems) < KEEP_PROBLEMS:
            self.problems.append(f"{why}: {request[:600]!r} -> {answer[:600]!r}")


class Mutator:
    """Requests as bytes, the same ones for the same seed and console."""

    def __init__(self, console, seed):
        self.random, self.console = random.Random(seed), console
        self.findings = [row["finding_id"] for row in console.get("/api/findings").json["rows"]] or ["0" * 16]
        self.places = [""]  # `next` of lists that came back
        self.changes = True

    def some(self, choices):
        return self.random.choice(choices)

    def often(self, share):
        return self.random.random() < share

    def value(self):
        text = self.some(self.places if self.often(0.15) else VALUES)
        if self.often(0.1):
            text += self.some(VALUES)
        if self.often(0.05):
            text *= self.random.randrange(40)
        return text

    def path(self, template):
        path = template.replace("{id}", self.some(self.findings)).replace("{pattern}", self.some(("one", "two", "none")))
        if self.often(0.1):
            segments = path.split("/")
            segments[self.random.randrange(len(segments))] = self.encoded(self.value())
            path = "/".join(segments)
        if self.often(0.05):
            cut = self.random.randrange(len(path) + 1)
            path = path[:cut] + self.some(("/", "//", "..", "%2e%2e/", "%00", "%", ";", "?", "#", "\\", " ", "%c0%af")) + path[cut:]
        return path

    def encoded(self, text):
        return text if self.often(0.03) else urllib.parse.quote(text, safe="")

    def query(self, names):
        asked = [(name, self.value()) for name in names if self.often(0.2)]
        if self.often(0.1):
            asked.append((self.some((*FIELDS, *VALUES)), self.value()))
        if asked and self.often(0.03):
            asked *= self.random.randrange(80)
        return "?" + "&".join(f"{self.encoded(name)}={self.encoded(value)}" for name, value in asked) if asked else ""

    def body(self, model):
        if model is None:
            return self.value().encode() if self.often(0.03) else b""
        keys = {key: self.value() if self.often(0.3) else text.replace("{id}", self.some(self.findings)) for key, text in model.items()}
        if self.often(0.1):
            keys[self.value()] = self.some((self.value(), 1, None, True, [], {}, [[[[]]]] * 9, {"a": {"b": 1}}))
        if self.often(0.03):
            keys = [keys]
        text = json.dumps(keys, ensure_ascii=self.often(0.5)).encode(errors="surrogatepass")
        if self.often(0.03):
            text += b" " * self.some((1, 4096, 65536, 140_000))
        return self.damaged(text) if self.often(0.1) else text

    def damaged(self, data):
        data = bytearray(data)
        for _ in range(self.random.randrange(1, 4)):
            place = self.random.randrange(len(data) + 1)
            way = self.random.randrange(4)
            if way == 0:
                data[place:place] = bytes(self.random.randrange(256) for _ in range(self.random.randrange(1, 4)))
            elif way == 1:
                del data[place : place + self.random.randrange(1, 20)]
            elif way == 2 and place < len(data):
                data[place] ^= 1 << self.random.randrange(8)
            else:
                data[place:place] = data[place : place + self.random.randrange(200)]
        return bytes(data)

    def request(self):
        method, template, names, model = self.some(ENDPOINTS)
        if method != "GET" and not self.changes:
            method = "GET"
        body = self.body(model)
        fields = {"Host": f"localhost:{self.console.port}", "Connection": "close", "Cookie": self.console.cookie,
                  "X-CSRF-Token": self.console.csrf, **({"Content-Length": str(len(body))} if body or model is not None else {})}  # fmt: skip
        for _ in range(self.random.randrange(1, 4) if self.often(0.15) else 0):
            fields[self.some(FIELDS)] = self.some(FIELD_VALUES)
        if self.often(0.06):
            method = self.some(METHODS)
        version = "HTTP/1.1" if self.often(0.97) else self.some(("HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "http/1.1", "", "HTTP/1.12"))
        lines = [f"{method} {self.path(template)}{self.query(names)} {version}", *(f"{name}: {value}" for name, value in fields.items())]
        whole = "\r\n".join(lines).encode(errors="surrogatepass") + b"\r\n\r\n" + body
        return self.damaged(whole) if self.often(0.08) else whole


def exchange(console, request):
    """What came back; of live events, and where the console waits for more, the beginning."""
    received = b""
    with socket.create_connection(("127.0.0.1", console.port), 10) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(1 << 18):
                received += piece
                if b"text/event-stream" in received[:4096]:
                    break
        except TimeoutError:
            raise
        except OSError:  # the console has ended the connection before it has read everything
            pass
    return received


def check_body(kind, body):
    """Raises ValueError where it is not of that kind."""
    text = body.decode()
    if kind.startswith("application/json"):
        return json.loads(text)
    if "json-lines" in kind or "jsonl" in kind or "ndjson" in kind:
        return [json.loads(line) for line in text.splitlines()]
    if kind.startswith("text/csv"):
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        if len({len(row) for row in rows}) > 1 or re.search("[\0-\b\v\f\x0e-\x1f\u202e]", text):
            raise ValueError("rows of several lengths, or hidden characters")
        for cell in (cell for row in rows for cell in row):
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not re.fullmatch(r"-?[\d.]+", cell):
                raise ValueError(f"a formula: {cell}")
    return None


def check(mutator, request, answer, report):
    if not answer:
        report.statuses["nothing"] += 1  # where there was no request at all
        return
    head, _, body = answer.partition(b"\r\n\r\n")
    first = re.match(rb"HTTP/1\.1 (\d{3}) [A-Za-z -]+\r\n", head + b"\r\n")
    if not first:
        return report.tell("no answer", request, answer)
    status = int(first[1])
    report.statuses[status] += 1
    fields = {name.lower(): value for name, value in re.findall(r"^([\w-]+): (.*?)\r?$", head.decode("latin-1"), re.MULTILINE)}
    if status == 100:
        return None
    if status >= 500 and (status, b'"busy"' in body) != (503, True) and status != 505:
        return report.tell("5xx", request, answer)
    kind = fields.get("content-type", "")
    if request.startswith(b"HEAD ") or kind.startswith("text/event-stream") or status in (204, 304):
        return None
    rest = body[int(fields.get("content-length", 0)) :]
    if "content-length" not in fields or len(body) < int(fields["content-length"]) or not b"HTTP/1.1 ".startswith(rest[:9]):
        return report.tell("not of its length", request, answer)
    try:
        found = check_body(kind, body.removesuffix(rest))
    except (ValueError, KeyError, csv.Error) as error:
        return report.tell(f"does not parse ({error})", request, answer)
    if b"root:x:" in body or (b"<script>alert" in body and "html" in kind):
        return report.tell("what should not be there", request, answer)
    if isinstance(found, dict) and found.get("next") and len(mutator.places) < 300:
        mutator.places.append(found["next"])
    return None


def fuzz(console, seconds, seed=0, database=None):
    """Asks for so long; the console must be without a login."""
    console.begin()
    mutator, report = Mutator(console, seed), Report()
    start = time.monotonic()
    while (passed := time.monotonic() - start) < seconds and console.process.poll() is None:
        if len(report.memory_kb) <= 10 * passed / seconds:
            report.memory_kb.append(console.resident_kb())
            mutator.changes = database is None or database.stat().st_size < DATABASE_BYTES
            console.csrf = console.cookie = None  # a fuzzed logout may have ended the session
            console.begin()
        request = mutator.request()
        report.requests += 1
        try:
            check(mutator, request, exchange(console, request), report)
        except TimeoutError:
            report.tell("nothing within 10 s", request, b"")
        except ConnectionRefusedError:
            break
    if console.process.poll() is not None:
        report.problems.append(f"the console ended with {console.process.returncode}: {console.notes[-40:]}")
    else:
        report.memory_kb.append(console.resident_kb())
    return report


def main():
    from console_server import Console  # noqa: PLC0415  (console_test.py imports this file, and has one)

    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as folder:
        database, patterns = pathlib.Path(folder, "mogura.db"), pathlib.Path(folder, "patterns")
        patterns.mkdir()
        (patterns / "one.toml").write_text(PATTERN)
        done = harness.run("analyze", "--quiet", harness.SAMPLE, "--db", database)
        assert done.returncode == 0, done.stderr
        with Console(database, "--patterns", patterns) as console:
            report = fuzz(console, seconds, seed, database)
            said = [note for note in console.notes if "listening" not in note and "staying root" not in note]
        said += [note for note in console.notes if "runtime error" in note or "Sanitizer" in note]
    print(f"{report.requests} requests in {seconds:.0f} s, seed {seed}")
    print("status   " + ", ".join(f"{status}: {count}" for status, count in sorted(report.statuses.items(), key=str)))
    print("memory   " + ", ".join(f"{kb / 1024:.0f}" for kb in report.memory_kb) + " MB resident, each tenth of the time")
    for problem in [*report.problems, *said[:KEEP_PROBLEMS]]:
        print(problem)
    print("failed" if report.problems or said else "nothing found")
    sys.exit(1 if report.problems or said else 0)


if __name__ == "__main__":
    main()
