"""The tunnel software of the day. Each kind has traits drawn at random, but plausible together."""

import hello
import population
import shapes
from population import SECOND, START_US, Session

# First bytes of what runs in a CONNECT that is not TLS: from the client, from the server.
GREETINGS = {
    "ssh": (b"SSH-2.0-%s\r\n", b"SSH-2.0-OpenSSH_9.%d\r\n"),
    "openvpn": (b"\x00\x0e\x38%s\x00\x00\x00\x00\x00", b"\x00\x1a\x40%s\x01\x00\x00\x00\x00"),
    "vnc": (b"RFB 003.008\n", b"RFB 003.008\n"),
    "irc": (b"NICK %s\r\nUSER %s 0 * :x\r\n", b":irc.%s NOTICE AUTH :*** Looking up your hostname\r\n"),
    "smtp": (b"EHLO %s\r\n", b"220 %s ESMTP ready\r\n"),
    "tinc": (b"0 %s 17.7\n", b"0 %s 17.7\n"),
    "unknown": (b"", b""),
}
SERVER_FIRST = ("vnc", "smtp", "irc")


class Tool:
    def __init__(self, number, rng, organisation, is_connect):
        self.rng = rng
        self.organisation = organisation
        self.name = f"tool-{number:02d}"
        self.is_connect = is_connect
        self.style = rng.choices(tuple(shapes.TUNNELLED), (25, 25, 10, 12, 13, 15))[0]
        self.inner = rng.choices(tuple(GREETINGS), (30, 14, 5, 5, 4, 6, 36))[0] if is_connect else "tls"
        self.base = rng.randint(20, 100)
        self.magic = bytes(rng.randrange(256) for _ in range(rng.choice((2, 4, 6)))) if rng.random() < 0.5 else b""
        self.period_s = rng.choice((10, 30, 60, 120, 300, 600))
        self.clients = rng.sample(organisation.clients, min(rng.choices((1, 2, 3, 4, 5), (40, 25, 15, 10, 10))[0], len(organisation.clients)))
        self._choose_servers()
        self._choose_identity()
        self.weight = rng.lognormvariate(0, 0.9) * (3 if self.style == "poll" else 1)

    def _choose_servers(self):
        rng, words = self.rng, self.organisation.words
        port = rng.choices((443, 8443, 22, 993, 5938, 1194), (75, 7, 6, 4, 4, 4))[0]
        self.servers = []
        for _ in range(rng.choices((1, 2, 3, 6), (60, 20, 10, 10))[0]):
            if rng.random() < 0.15:
                host = f"{rng.randint(11, 223)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randint(1, 254)}"
                self.servers.append((f"{host}:{port}", ""))
            else:
                host = f"{rng.choice(('', '', 'edge.', 'node.', 'relay.', 'vpn.', 'www.', 'cdn.'))}{words.domain()}"
                self.servers.append((f"{host}:{port}", host))
        # A few hide behind a name that everybody knows; the CONNECT's stays their own.
        self.front = self.organisation.third_parties.draw(rng) if rng.random() < 0.06 else None

    def _choose_identity(self):
        rng = self.rng
        own = self.organisation.words.word().title()
        who = rng.choices(("none", "own", "library", "browser", "client's browser"), (30, 27, 10, 15, 18))[0]
        self.user_agent = {
            "none": "",
            "own": rng.choice((f"{own}/{rng.randint(1, 9)}.{rng.randint(0, 40)}", f"{own}", f"{own} client (Linux)", f"Mozilla/5.0 ({own})")),
            "library": rng.choice(("Go-http-client/1.1", "curl/8.5.0", "python-requests/2.31.0", "Java/17.0.9")),
            "browser": rng.choice(self.organisation.browsers).user_agent,
            "client's browser": None,  # asked of the system
        }[who]
        kind = rng.choices(("private", "library", "browser"), (40, 35, 25))[0]
        self.spec = {
            "private": lambda: hello.private_hello(rng),
            "library": lambda: rng.choice(list(self.organisation.library_specs.values())),
            "browser": lambda: rng.choice(list(self.organisation.browsers_specs.values())),
        }[kind]()
        # Many a tool sends no server name, or not the one that it connects to.
        self.has_name = rng.random() < 0.85

    def _messages(self):
        rng = self.rng
        count = 2 if self.style == "poll" else int(min(max(rng.lognormvariate(4.3, 1.0), 8), 600))
        if self.style == "pulse":
            inside = shapes.pulse(rng, self.base, count, self.period_s if self.period_s <= 60 else 60)
        else:
            inside = shapes.TUNNELLED[self.style](rng, self.base, count)
        if not self.is_connect:
            return shapes.handshake(rng, self.spec.is_13) + inside
        return self._greetings() + [self._in_clear(i, m) for i, m in enumerate(inside)]

    def _greetings(self):
        rng = self.rng
        messages = []
        for way in (1, 0) if self.inner in SERVER_FIRST else (0, 1):
            text = GREETINGS[self.inner][way]
            if b"%d" in text:
                text %= 3
            for _ in range(text.count(b"%s")):
                word = self.name.replace("-", "").encode() if self.inner != "openvpn" else bytes(rng.randrange(256) for _ in range(8))
                text = text.replace(b"%s", word, 1)
            if text:
                messages.append((way, len(text), population.wait(rng), text))
        return messages

    def _in_clear(self, index, message):
        """Each message is a segment; many a protocol begins all of them alike."""
        way, length, gap = message[:3]
        length = min(max(length, 8), shapes.SEGMENT)
        begins = (self.magic + index.to_bytes(2, "big")) if self.magic and self.inner == "unknown" else b""
        return (way, length, max(gap, 300), begins[:length])

    def session(self, moment):
        rng = self.rng
        client = rng.choice(self.clients)
        destination, name = rng.choice(self.servers)
        user_agent = client.browsers[0].user_agent if self.user_agent is None else self.user_agent
        variant = None if self.is_connect else self.spec.variant(rng, self.has_name and bool(name or self.front))
        shape = shapes.Shape(self._messages(), population.wait(rng), not self.is_connect)
        start = moment if moment is not None else client.moment(rng)
        return Session(START_US + start, client.address, client.next_port(), self.name, self.style, destination, user_agent, 200, self.inner, variant,
                       "" if self.is_connect else (self.front or name), shape)  # fmt: skip

    def sessions(self, count):
        """Those that poll do so by the clock; the others when somebody works."""
        if self.style != "poll":
            return [self.session(None) for _ in range(count)]
        begin = int(self.rng.uniform(7, 9) * 3600) * SECOND
        period = min(self.period_s * SECOND, (82_000 * SECOND - begin) // count)
        return [self.session(begin + int((i + self.rng.uniform(-0.03, 0.03)) * period)) for i in range(count)]


def make_tools(rng, organisation, kinds, sessions, connect_share=0.28):
    """[(tool, count)]: `sessions` in all, at least three each; a share of the kinds uses CONNECT without TLS."""
    tools = [Tool(n + 1, rng, organisation, n < kinds * connect_share) for n in range(kinds)]
    weight = sum(tool.weight for tool in tools)
    counts = [max(3, round(sessions * tool.weight / weight)) for tool in tools]
    for i in sorted(range(kinds), key=lambda i: -counts[i]):  # rounding is made up for by the largest
        counts[i] = max(3, counts[i] + sessions - sum(counts))
        if sum(counts) == sessions:
            break
    return list(zip(tools, counts))
