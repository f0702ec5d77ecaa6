#!/usr/bin/env python3
"""Makes a labelled day of an organisation's proxied traffic, of the size of paper 1's: 198,134 SSL and 2,226 CONNECT sessions,
of which 4,000 are of 64 kinds of tunnel software.

    bench/day/make_day.py --out FOLDER [--seed N] [--pcap]

Writes FOLDER/sessions.jsonl (docs/formats/session.md), FOLDER/labels.tsv, and with --pcap FOLDER/day.pcap: the same sessions
as packets between the clients and the proxy. The same options give the same bytes. What is in it is in README.md.
"""

import argparse
import pathlib
import random
import sys

import population
import tools_of_day
import writers


def options():
    parser = argparse.ArgumentParser(description="Makes a labelled synthetic day as session lines and as a capture.")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder for the files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ssl", type=int, default=198_134, help="sessions with TLS after the CONNECT")
    parser.add_argument("--connect", type=int, default=2_226, help="sessions with anything else, or nothing")
    parser.add_argument("--tools", type=int, default=64, help="kinds of tunnel software")
    parser.add_argument("--tool-sessions", type=int, default=4_000)
    parser.add_argument("--clients", type=int, default=620)
    parser.add_argument("--sites", type=int, default=5_000, help="that anybody may visit; each client has some of its own besides")
    parser.add_argument("--programs", type=int, default=110, help="updaters, developers' tools, synchronisers")
    parser.add_argument("--pcap", action="store_true", help="write day.pcap too")
    parser.add_argument("--snap-length", type=int, default=262_144, help="cut packets of the capture to so many bytes")
    chosen = parser.parse_args()
    if chosen.tool_sessions < 3 * chosen.tools or chosen.ssl + chosen.connect < chosen.tool_sessions or chosen.clients < 1:
        parser.error("too few sessions for that many tools, or no clients")
    return chosen


def make_sessions(chosen):
    """In order of their start."""
    rng = random.Random(chosen.seed)
    organisation = population.Organisation(rng, chosen)
    sessions = []
    for tool, count in tools_of_day.make_tools(rng, organisation, chosen.tools, chosen.tool_sessions):
        sessions += tool.sessions(count)
    tunnels = sum(1 for s in sessions if s.variant is None)
    if tunnels > chosen.connect or len(sessions) - tunnels > chosen.ssl:
        sys.exit("make_day: the tools need more sessions than there are; raise --connect or --ssl")
    sessions += organisation.ordinary_connect(chosen.connect - tunnels)
    sessions += organisation.ordinary_ssl(chosen.ssl - (sum(1 for s in sessions if s.variant)))
    sessions.sort(key=lambda s: (s.start_us, s.client, s.port))
    return sessions


def main():
    chosen = options()
    chosen.out.mkdir(parents=True, exist_ok=True)
    sessions = make_sessions(chosen)
    with open(chosen.out / "sessions.jsonl", "w") as lines, open(chosen.out / "labels.tsv", "w") as labels:
        writer = writers.LineWriter(lines)
        labels.write("session_id\tlabel\tname\tdestination\tclient_ip\n")
        for session in sorted(sessions, key=lambda s: s.start_us + s.shape.end_us()):
            writer.write(session)
            label = "ordinary" if session.label == "ordinary" else "tool"
            name = session.name if label == "ordinary" else session.label
            labels.write(f"{writers.session_id(session)}\t{label}\t{name}\t{session.destination}\t{session.client}\n")
    if chosen.pcap:
        writers.write_capture(chosen.out / "day.pcap", sessions, chosen.snap_length)
    kinds = [sum(1 for s in sessions if bool(s.variant) == is_tls) for is_tls in (True, False)]
    print(f"{len(sessions)} sessions: {kinds[0]} ssl, {kinds[1]} connect; {sum(s.label != 'ordinary' for s in sessions)} of tools", file=sys.stderr)


if __name__ == "__main__":
    main()
