#!/usr/bin/env python3
"""Labelled captures: every row of the labels comes out as a session of the right client, destination and kind.

The bundled day always; the other labelled captures where they are found beside the repository. Behind the proxy (the
"outer" captures) the client is always the proxy and no CONNECT is visible, so there a tunnel shows as what it carries:
TLS and other protocols as `other` with the server's name or address, HTTP as `get-post`."""

import collections
import functools
import unittest

import harness

KINDS = {
    "tunnel-connect": {"connect"},
    "tunnel-ssl": {"ssl"},
    "tunnel-getpost": {"get-post"},
    "tunnel-websocket": {"websocket"},
    "beacon": {"get-post"},
}


def kind_of_request(method, destination):
    """What an ordinary program's request is at the proxy's client side."""
    if method != "CONNECT":
        return "get-post"
    # Browsers open ws:// as CONNECT to port 80.
    return "websocket" if destination.endswith(":80") else "ssl"


def by_client_and_destination(sessions):
    table = collections.defaultdict(set)
    for session in sessions:
        table[session["client_ip"], session.get("destination")].add(session["kind"])
    return table


class BundledDay(unittest.TestCase):
    def test_every_tunnel_and_beacon(self):
        kinds = by_client_and_destination(harness.sessions_of(harness.SAMPLE))
        for row in harness.read_table(harness.SAMPLE_LABELS):
            with self.subTest(client=row["client_ip"], destination=row["destination"], tool=row["tool"]):
                self.assertTrue(KINDS[row["kind"]] & kinds[row["client_ip"], row["destination"]])

    def test_inner_protocols(self):
        inner = collections.defaultdict(set)
        for session in harness.sessions_of(harness.SAMPLE):
            inner[session.get("destination")].add(session.get("inner_protocol"))
        for destination, protocol in (
            ("edge.norvatek-systems.net:443", "ssh"),
            ("box.tarnmoor.org:443", "ssh"),
            ("gw3.pelmarin.com:443", "openvpn"),
            ("secure.ostrigon.net:443", "tls"),
            ("connect.brightfell.com:443", "tls"),
            ("status.mirefield.net:8081", "http"),
        ):
            with self.subTest(destination=destination):
                self.assertIn(protocol, inner[destination])


@functools.cache
def labels():
    return harness.read_table(harness.shared("captures/labels.tsv"))


@functools.cache
def requests():
    """The day's requests, by client and port, in the order they were made."""
    table = collections.defaultdict(list)
    for row in harness.read_table(harness.shared("captures/connections.tsv")):
        if row["method"] != "-":
            table[row["client_ip"], row["client_port"]].append(row)
    for rows in table.values():
        rows.sort(key=lambda row: float(row["start_epoch"]))
    return table


@functools.cache
def sessions(capture):
    return harness.sessions_of(harness.shared("captures") / capture)


class ClientSide(unittest.TestCase):
    def rows(self, of_day):
        for row in labels():
            if row["capture"].endswith(".client.pcap.gz") and row["capture"].startswith("day.") == of_day:
                yield row

    def test_numbered_captures(self):
        for row in self.rows(of_day=False):
            with self.subTest(capture=row["capture"], destination=row["dest_host:port"]):
                kinds = by_client_and_destination(sessions(row["capture"]))
                self.assertTrue(KINDS[row["kind"]] & kinds[row["client_ip"], row["dest_host:port"]])

    def test_day(self):
        """A session is named by its connection's first request. Destinations that a client asked for only later on a
        connection kept alive (Firefox does that at an HTTP proxy) are found by that connection's port."""
        expected = collections.defaultdict(set)  # kinds of the connections that a destination names
        ports = collections.defaultdict(set)  # connections that ask for it at any time
        for (client, port), made in requests().items():
            first = made[0]
            kind = kind_of_request(first["method"], first["dest_host:port"])
            expected[client, first["dest_host:port"]].add(kind)
            for row in made:
                ports[client, row["dest_host:port"]].add((port, kind))
        kinds = by_client_and_destination(sessions("day.client.pcap.gz"))
        by_port = {(s["client_ip"], str(s["client_port"]), s["kind"]) for s in sessions("day.client.pcap.gz")}
        for row in self.rows(of_day=True):
            key = row["client_ip"], row["dest_host:port"]
            with self.subTest(client=key[0], destination=key[1], tool=row["tool"]):
                wanted = KINDS.get(row["kind"], expected.get(key))
                if not row["dest_ip"]:
                    wanted = {"connect"}  # the name did not resolve: refused, nothing inside
                if key in expected:
                    self.assertTrue(wanted & kinds[key], f"{sorted(wanted)} expected, {sorted(kinds[key])} found")
                else:
                    self.assertTrue(any((key[0], *port) in by_port for port in ports[key]), "no such connection")


class BehindTheProxy(unittest.TestCase):
    def test_every_row(self):
        for row in labels():
            if not row["capture"].endswith(".outer.pcap.gz"):
                continue
            if not row["dest_ip"]:
                continue  # the name did not resolve: nothing left the proxy
            name = row["dest_host:port"]
            address = f"{row['dest_ip']}:{name.rsplit(':', 1)[1]}"
            with self.subTest(capture=row["capture"], destination=name, tool=row["tool"]):
                found = [s for s in sessions(row["capture"]) if f"{s['server_ip']}:{s['server_port']}" == address]
                wanted = self.kinds_behind(row)
                self.assertTrue(
                    any(s["kind"] in wanted and s.get("destination") in (name, address) for s in found),
                    f"{sorted(wanted)} expected, {[(s['kind'], s.get('destination')) for s in found]} found",
                )

    @staticmethod
    def kinds_behind(row):
        if row["kind"] in ("tunnel-getpost", "tunnel-websocket", "beacon"):
            return KINDS[row["kind"]]
        if row["dest_host:port"].endswith(":443"):
            return {"other"}  # no CONNECT behind the proxy: TLS, SSH, OpenVPN by themselves
        return {"get-post", "websocket"}  # plain HTTP, also what came out of a tunnel


if __name__ == "__main__":
    harness.main()
