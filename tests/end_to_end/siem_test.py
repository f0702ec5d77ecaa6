#!/usr/bin/env python3
"""packaging/siem/: what SIEMs are told about our lines parses, uses names that are in real lines, and comes to what
docs/guides/siem.md says. The Elastic pipelines and Wazuh's rules are played here, as far as they use of either."""

import collections
import configparser
import ipaddress
import json
import pathlib
import re
import socket
import tempfile
import unittest
import urllib.request
import xml.etree.ElementTree as xml

import harness
from pcapgen import Conversation, write_pcap
from proxy_harness import Proxy, wait_until
from web_site import WebSite

FILES = harness.ROOT / "packaging" / "siem"
GUIDE = harness.ROOT / "docs" / "guides" / "siem.md"
PATTERN = """format = 1
name = "SSH through the proxy"
application = "OpenSSH"
source_finding = "0123456789abcdef"
all = [ { kind = "connect" }, { bytes = { dir = "up", message = 0, offset = 0, text = "SSH-2.0-" } } ]
"""


def tunnel_capture(path):
    """SSH in CONNECT, of a client behind another proxy, with a User-Agent: an alert with all keys there are."""
    head = b"CONNECT relay.example:443 HTTP/1.1\r\nHost: relay.example:443\r\nUser-Agent: probe/1\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n"
    talk = Conversation(client=("192.0.2.10", 40000), server=("192.0.2.1", 3128)).open()
    talk.up(head).down(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(12):
        talk.up(b"SSH-2.0-probe\r\n").down(b"SSH-2.0-answer\r\n")
    write_pcap(path, talk.close().packets)


def alerts_of(folder, *options):
    """Of a small capture, and of the bundled day."""
    folder = pathlib.Path(folder)
    (folder / "patterns").mkdir(exist_ok=True)
    (folder / "patterns" / "relay-ssh.toml").write_text(PATTERN)
    tunnel_capture(folder / "tunnel.pcap")
    lines = []
    for capture in (folder / "tunnel.pcap", harness.SAMPLE):
        done = harness.run("watch", "--quiet", "--patterns", folder / "patterns", *options, "-r", capture)
        assert done.returncode == 0, done.stderr
        lines += done.stdout.decode().splitlines()
    return lines


def keys_of(lines):
    """As SIEMs name them: a list's elements are those of `name{}` in Splunk."""
    keys = set()
    for line in lines:
        for key, value in json.loads(line).items():
            keys |= {key, key + "{}"} if isinstance(value, list) else {key}
    return keys


def settings(path):
    """A Splunk configuration file: sections of settings, a backslash at the end of a line goes on."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str
    parser.read_string(re.sub(r"\\\n", " ", path.read_text()))
    return {name: dict(parser[name]) for name in parser.sections()}


class Lines(unittest.TestCase):
    """Every test has real alert lines, and where it says so events."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.alerts = alerts_of(cls.folder.name)
        cls.alert_keys = keys_of(cls.alerts)

    @classmethod
    def one(cls, kind, **fields):
        """The first alert that is so."""
        for line in cls.alerts:
            alert = json.loads(line)
            if alert["kind"] == kind and all(alert.get(key) == value for key, value in fields.items()):
                return line
        raise AssertionError(f"no alert {kind} {fields}")


def event_lines():
    """What the proxy says of a program without cookies; skips where the test may not have hosts of its own."""
    host = "www.shop.example"
    with tempfile.TemporaryDirectory() as folder:
        users = pathlib.Path(folder, "users")
        users.write_text("alice:{SHA}fEqNCco3Yq9h5ZUglD3CZJT4lBs=\n")  # 123456
        with WebSite() as site, Proxy([host], "--htpasswd", users) as proxy:
            way = urllib.request.ProxyHandler({"http": proxy.url.replace("//", "//alice:123456@")})
            opener = urllib.request.build_opener(way)
            opener.addheaders = [("User-Agent", "Mozilla/4.0 (compatible; MSIE 5.01; Windows NT 5.0)")]
            for _ in range(4):
                opener.open(site.url(host, "/"), timeout=30).read()
            wait_until(lambda: proxy.verdicts("no-jar"), "a verdict")
            return [json.dumps(event) for event in proxy.events()]


# --- Splunk ---


def names_in_expression(text):
    """Fields that an EVAL or a search names."""
    text = re.sub(r'"[^"]*"', "", text)
    quoted = re.findall(r"'([^']+)'", text)
    plain = re.sub(r"'[^']*'", "", text)
    return set(quoted) | {name for name, call in re.findall(r"([A-Za-z_][\w.]*)\s*(\()?", plain) if not call}


class Splunk(Lines):
    def defined(self, stanza, transforms):
        names = {key.partition("-")[2] for key in stanza if key.startswith("EVAL-")}
        names |= {value.partition(" AS ")[2] for key, value in stanza.items() if key.startswith("FIELDALIAS-")}
        for key, value in stanza.items():
            if key.startswith("REPORT-"):
                names |= set(re.findall(r"(\w+)::", transforms[value]["FORMAT"]))
            if key.startswith("EXTRACT-"):
                names |= set(re.findall(r"\(\?<(\w+)>", value))
        return names

    def used(self, stanza, transforms):
        names = set()
        for key, value in stanza.items():
            if key.startswith("EVAL-"):
                names |= names_in_expression(value)
            elif key.startswith("FIELDALIAS-"):
                names.add(value.partition(" AS ")[0])
            elif key.startswith("REPORT-"):
                names.add(transforms[value]["SOURCE_KEY"])
        return names

    def check(self, sourcetype, lines):
        transforms = settings(FILES / "splunk" / "transforms.conf")
        stanza = settings(FILES / "splunk" / "props.conf")[sourcetype]
        keys = keys_of(lines)
        self.assertEqual(self.used(stanza, transforms) - keys - self.defined(stanza, transforms), set())
        for extract in (value for key, value in stanza.items() if key.startswith("EXTRACT-")):
            self.assertTrue(any(re.search(extract.replace("(?<", "(?P<"), line) for line in lines), extract)
        for line in lines:
            at = line.index(stanza["TIME_PREFIX"]) + len(stanza["TIME_PREFIX"])
            self.assertRegex(line[at:], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\"")
            self.assertLess(len(line), int(stanza["TRUNCATE"]))

    def test_names_of_alerts(self):
        self.check("mogura:alert", self.alerts)

    def test_names_of_events(self):
        self.check("mogura:event", [line.replace('": ', '":') for line in event_lines()])

    def test_destinations_are_taken_apart(self):
        expression = re.compile(settings(FILES / "splunk" / "transforms.conf")["mogura_destination"]["REGEX"])
        for destination, parts in (("edge.example:443", ("edge.example", "443")), ("[2001:db8::1]:443", ("2001:db8::1", "443"))):
            self.assertEqual(expression.search(destination).groups(), parts)
        for line in self.alerts:
            self.assertRegex(json.loads(line)["destination"], expression)

    def test_searches_name_what_is_there(self):
        props, transforms = (settings(FILES / "splunk" / f"{name}.conf") for name in ("props", "transforms"))
        known = {"sourcetype", "_time", "count"} | self.alert_keys
        known |= {"event", "verdict", "score", "state"}
        for stanza in props.values():
            known |= self.defined(stanza, transforms)
        words = {"stats", "sort", "AS", "BY", "IN", "high", "medium", "tampering", "no", "jar", "verdict"}
        for name, search in settings(FILES / "splunk" / "savedsearches.conf").items():
            text = re.sub(r'"[^"]*"', "", search["search"])
            made = set(re.findall(r" AS (\w+)", text))
            names = set(re.findall(r"(?<![\w-])[A-Za-z_]\w*(?![\w(-])", text))
            self.assertEqual(names - known - words - made, set(), name)

    def test_tags_belong_to_event_types(self):
        types = settings(FILES / "splunk" / "eventtypes.conf")
        for tag in settings(FILES / "splunk" / "tags.conf"):
            self.assertIn(tag.removeprefix("eventtype="), types)


# --- Elastic ---


class Pipeline:
    """Plays an ingest pipeline on one document, as far as ours go."""

    def __init__(self, name):
        self.description = json.loads((FILES / "elastic" / f"{name}.json").read_text())

    def run(self, message):
        document = {"message": message}
        for processor in self.description["processors"]:
            ((kind, options),) = processor.items()
            if "if" in options and not self.holds(options["if"], document):
                continue
            try:
                getattr(self, f"do_{kind}")(document, **{key: value for key, value in options.items() if key not in ("if", "ignore_failure")})
            except (KeyError, ValueError):
                if not options.get("ignore_failure"):
                    raise
        return document

    @staticmethod
    def get(document, path):
        for part in path.split("."):
            if not isinstance(document, dict) or part not in document:
                return None
            document = document[part]
        return document

    @staticmethod
    def put(document, path, value):
        *parents, last = path.split(".")
        for part in parents:
            document = document.setdefault(part, {})
        document[last] = value

    @staticmethod
    def take(document, path):
        *parents, last = path.split(".")
        for part in parents:
            document = document[part]
        return document.pop(last)

    def holds(self, condition, document):
        text = condition.replace("||", " or ").replace("&&", " and ").replace("null", "None")
        text = re.sub(r"ctx((?:\??\.\w+)+)", lambda found: f"get({found[1].replace('?', '')[1:]!r})", text)
        return eval(text, {"__builtins__": {}}, {"get": lambda path: self.get(document, path)})

    def value_of(self, template, document):
        return re.sub(r"\{\{\{(.+?)\}\}\}", lambda found: str(self.get(document, found[1])), template)

    def do_set(self, document, field, value=None, copy_from=None, ignore_empty_value=False):
        value = self.get(document, copy_from) if copy_from else value
        if value is None and ignore_empty_value:
            return
        self.put(document, field, json.loads(json.dumps(value)))

    def do_rename(self, document, field, target_field, ignore_missing=False):
        if self.get(document, field) is None:
            if ignore_missing:
                return
            raise KeyError(field)
        if self.get(document, target_field) is not None:
            raise ValueError(f"{target_field} is there already")
        self.put(document, target_field, self.take(document, field))

    def do_json(self, document, field, target_field):
        self.put(document, target_field, json.loads(self.get(document, field)))

    def do_date(self, document, field, formats):
        assert formats == ["ISO8601"]
        self.put(document, "@timestamp", self.get(document, field))

    def do_append(self, document, field, value, allow_duplicates):
        there = self.get(document, field) or []
        more = [self.value_of(text, document) for text in value]
        self.put(document, field, there + [text for text in more if allow_duplicates or text not in there])

    def do_lowercase(self, document, field, ignore_missing):
        if self.get(document, field) is not None:
            self.put(document, field, self.get(document, field).lower())
        elif not ignore_missing:
            raise KeyError(field)

    def do_grok(self, document, field, patterns, pattern_definitions, ignore_missing):
        types = {}

        def group(found):
            name, target, kind = found[1], found[2], found[3]
            types[f"g{len(types)}"] = (target, int if kind == "int" else str)
            return f"(?P<g{len(types) - 1}>{pattern_definitions[name]})"

        expression = re.sub(r"%\{(\w+):([\w.]+)(?::(\w+))?\}", group, patterns[0])
        text = self.get(document, field)
        if text is None and ignore_missing:
            return
        found = re.search(expression, text)
        if not found:
            raise ValueError(text)
        for name, (target, kind) in types.items():
            self.put(document, target, kind(found[name]))

    def do_convert(self, document, field, target_field, type, ignore_missing):  # noqa: A002 (its name there)
        text = self.get(document, field)
        if text is None and ignore_missing:
            return
        assert type == "ip"
        ipaddress.ip_address(text)
        self.put(document, target_field, text)

    def do_join(self, document, field, separator, target_field):
        self.put(document, target_field, separator.join(self.get(document, field)))

    def do_remove(self, document, field, ignore_missing):
        for path in field:
            if self.get(document, path) is not None:
                self.take(document, path)
            elif not ignore_missing:
                raise KeyError(path)


def flat(document, prefix=""):
    found = {}
    for key, value in document.items():
        found.update(flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value})
    return found


class Elastic(Lines):
    def read_from_lines(self, name):
        text = json.dumps(Pipeline(name).description)
        return set(re.findall(r"mogura\??\.(\w+)", text)) - {"alert", "event"} | set()

    def test_an_alert_of_a_pattern(self):
        line = self.one("pattern", client_forwarded="198.51.100.7")
        document = flat(Pipeline("mogura-alerts").run(line))
        alert = json.loads(line)
        self.assertEqual(document.pop("event.original"), line)
        self.assertEqual(document, {
            "@timestamp": alert["time"], "ecs.version": "8.11.0",
            "event.module": "mogura", "event.dataset": "mogura.alert", "event.kind": "alert",
            "event.category": ["network", "intrusion_detection"], "event.type": ["info"], "event.action": "pattern",
            "event.id": alert["alert_id"], "event.risk_score": 1, "event.severity": 73,
            "rule.id": "relay-ssh", "rule.name": "SSH through the proxy", "rule.ruleset": "mogura",
            "network.application": "openssh", "network.community_id": alert["community_id"],
            "network.forwarded_ip": "198.51.100.7",
            "related.ip": ["192.0.2.10", "198.51.100.7"], "related.hosts": ["relay.example"],
            "source.ip": "192.0.2.10", "source.port": 40000, "client.ip": "192.0.2.10", "client.port": 40000,
            "server.ip": "192.0.2.1", "server.port": 3128,
            "destination.address": "relay.example", "destination.domain": "relay.example", "destination.port": 443,
            "user_agent.original": "probe/1", "message": "; ".join(alert["sentences"]),
            "mogura.kind": "pattern", "mogura.severity": "high", "mogura.application": "OpenSSH",
            "mogura.finding_id": "0123456789abcdef", "mogura.session_id": alert["session_id"],
            "mogura.client_forwarded": "198.51.100.7", "mogura.destination": "relay.example:443",
            "mogura.sentences": alert["sentences"],
        })  # fmt: skip

    def test_an_alert_of_a_finding(self):
        line = self.one("finding", destination="cdn7.haldenimg.com:80")
        document = flat(Pipeline("mogura-alerts").run(line))
        self.assertEqual(document["related.ip"], ["10.77.0.18", "10.77.0.29"])
        self.assertEqual((document["destination.domain"], document["destination.port"]), ("cdn7.haldenimg.com", 80))
        self.assertNotIn("rule.ruleset", document)
        self.assertNotIn("source.ip", document)
        self.assertTrue(document["message"].startswith("10.77.0.18 came every"))

    def test_a_destination_that_is_an_address(self):
        line = json.dumps({**json.loads(self.one("finding")), "destination": "[2001:db8::1]:443"})
        document = flat(Pipeline("mogura-alerts").run(line))
        self.assertEqual((document["destination.ip"], document["destination.port"]), ("2001:db8::1", 443))
        self.assertNotIn("destination.domain", document)

    def test_every_alert_passes(self):
        self.assertGreater(len(self.alerts), 10)
        for line in self.alerts:
            document = flat(Pipeline("mogura-alerts").run(line))
            self.assertTrue({"@timestamp", "message", "event.severity", "event.id", "destination.port"} <= set(document))

    def test_names_are_those_of_lines(self):
        self.assertEqual(self.read_from_lines("mogura-alerts") - self.alert_keys, set())
        self.assertEqual(self.read_from_lines("mogura-events") - keys_of(event_lines()), set())

    def test_events(self):
        documents = [flat(Pipeline("mogura-events").run(line)) for line in event_lines()]
        (verdict,) = [document for document in documents if document.get("mogura.verdict") == "no-jar"]
        expected = {"event.kind": "alert", "event.action": "no-jar", "event.risk_score": 1, "client.ip": "127.0.0.1",
                    "destination.domain": "www.shop.example", "user.name": "alice", "mogura.event": "verdict"}  # fmt: skip
        self.assertEqual({key: verdict[key] for key in expected}, expected)
        self.assertIn("did not come back", verdict["message"])
        challenges = [document for document in documents if document["mogura.event"] == "challenge"]
        self.assertTrue(challenges)
        for document in challenges:
            self.assertEqual((document["event.kind"], document["event.action"]), ("event", document["mogura.state"]))
            self.assertTrue(document["url.original"].startswith("http://www.shop.example"))

    def test_the_guide_has_each_name(self):
        rows = re.findall(r"^\| `([^|]*)` \| `([^|]*)` \|", GUIDE.read_text(), re.MULTILINE)
        told = collections.defaultdict(set)
        for ours, theirs in rows:
            for name in re.split(r"`, `", theirs):
                told[name] |= set(re.split(r"`, `", ours))
        made = set()
        for name in ("mogura-alerts", "mogura-events"):
            for processor in Pipeline(name).description["processors"]:
                ((kind, options),) = processor.items()
                source = options.get("copy_from") or (options["field"] if kind in ("rename", "join", "date") else "")
                target = options.get("target_field") or ("@timestamp" if kind == "date" else options["field"])
                if isinstance(source, str) and source.startswith("mogura."):
                    made.add((source.removeprefix("mogura."), target))
        missing = {(ours, theirs) for ours, theirs in made if ours not in told[theirs]}
        self.assertEqual(missing, set())


# --- Wazuh ---


def elements(name):
    """Of a file of Wazuh's, which need not have one root."""
    return xml.fromstring(f"<all>{(FILES / 'wazuh' / name).read_text()}</all>")


class Wazuh(Lines):
    def rules(self):
        return [rule for group in elements("mogura_rules.xml").iter("group") if group.get("name") for rule in group.iter("rule")]

    def level_of(self, line):
        """Of the last rule that holds; rules come after those they rest on."""
        values, held, level = json.loads(line), set(), None
        for rule in self.rules():
            if rule.findtext("decoded_as") not in (None, "json"):
                continue
            parent = rule.findtext("if_sid")
            fields = all(re.search(field.text, str(values.get(field.get("name"), ""))) for field in rule.iter("field"))
            if fields and (parent is None or parent in held):
                held.add(rule.get("id"))
                level = int(rule.get("level"))
        return level

    def names(self, rules):
        names = {field.get("name") for rule in rules for field in rule.iter("field")}
        return names | {name for rule in rules for name in re.findall(r"\$\((\w+)\)", rule.findtext("description"))}

    def test_names_are_those_of_lines(self):
        of_alerts = [rule for rule in self.rules() if rule.get("id").startswith("11090")]
        of_events = [rule for rule in self.rules() if rule.get("id").startswith("11091")]
        self.assertEqual(self.names(of_alerts) - self.alert_keys, set())
        self.assertEqual(self.names(of_events) - keys_of(event_lines()), set())

    def test_levels(self):
        self.assertEqual(self.level_of(self.one("pattern")), 13)
        self.assertEqual(self.level_of(self.one("finding", severity="high")), 12)
        for severity, level in (("medium", 9), ("low", 5)):
            alert = {**json.loads(self.one("finding")), "severity": severity}
            self.assertEqual(self.level_of(json.dumps(alert)), level)
        (verdict,) = [line for line in event_lines() if json.loads(line).get("verdict") == "no-jar"]
        self.assertEqual(self.level_of(verdict), 9)
        self.assertEqual(self.level_of(json.dumps({**json.loads(verdict), "score": 0.3})), 5)
        self.assertEqual(self.level_of('{"event":"start","verdict":"no-jar"}'), None)

    def test_rules_have_numbers_of_their_own(self):
        ids = [rule.get("id") for rule in self.rules()]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertTrue(all(100_000 <= int(number) <= 120_000 for number in ids))

    def test_text_that_came_by_syslog(self):
        (fields,) = [decoder for decoder in elements("mogura_decoders.xml").iter("decoder") if decoder.find("regex") is not None]
        expression = re.compile(fields.findtext("regex").encode())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.settimeout(30)
            alerts_of(self.folder.name, "--syslog", f"udp://127.0.0.1:{server.getsockname()[1]}")
            messages = [server.recv(4096) for _ in self.alerts]
        texts = [message[message.index(b"] ") + 2 :] for message in messages]
        found = [expression.search(text) for text in texts]
        self.assertTrue(all(found), [text for text, match in zip(texts, found, strict=True) if not match])
        seen = {(match[1], match[4]) for match in found}
        self.assertEqual(seen, {(alert["kind"].encode(), alert["destination"].encode()) for alert in map(json.loads, self.alerts)})
        self.assertIn(b"10.77.0.18, 10.77.0.29", [match[3] for match in found])


if __name__ == "__main__":
    harness.main()
