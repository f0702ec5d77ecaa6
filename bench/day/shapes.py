"""How a session goes: its messages with their directions, lengths and times, and what follows from them.

A message is a TLS record's fragment or, in clear, one segment. Times are in microseconds.
"""

import statistics

UP, DOWN = 0, 1
SEGMENT = 1400
HEADERS = 40  # IPv4 and TCP without options
RECORD_HEADER = 5
HELLO = -1  # stands for the length of the ClientHello, which depends on the server's name
KEPT_MESSAGES = 48
KEPT_OF_ONE = 36
KEPT_BYTES = 64
SMALL = 128
INTERVALS = 64


class Shape:
    """`messages`: (direction, length, gap before it[, bytes it begins with]). A gap of 0 puts a record into the segments
    of the one before. `connect_us`: how long the proxy takes to answer the CONNECT."""

    def __init__(self, messages, connect_us, is_tls):
        self.messages = messages
        self.connect_us = connect_us
        self.is_tls = is_tls
        self.bursts = self._bursts()
        self._count()

    # Times from the SYN: SYN+ACK, ACK, the CONNECT, its answer.
    SYN_ACK_US, ACK_US, CONNECT_US = 300, 400, 600

    def _bursts(self):
        """Runs of messages that are sent together: (direction, time, [indexes of messages])."""
        bursts = []
        time = self.CONNECT_US + self.connect_us
        for i, message in enumerate(self.messages):
            time += message[2]
            if bursts and message[2] == 0 and bursts[-1][0] == message[0] and self.is_tls:
                bursts[-1][2].append(i)
            else:
                bursts.append((message[0], time, [i]))
        return bursts

    def length_on_wire(self, burst, hello_bytes):
        header = RECORD_HEADER if self.is_tls else 0
        return sum((hello_bytes if self.messages[i][1] == HELLO else self.messages[i][1]) + header for i in burst[2])

    def needs_ack(self, index):
        """Whether a burst is answered by an acknowledgment of its own: not if the other side speaks next."""
        return index + 1 == len(self.bursts) or self.bursts[index + 1][0] == self.bursts[index][0]

    def end_us(self):
        last = self.bursts[-1][1] if self.bursts else self.CONNECT_US + self.connect_us
        return last + 2000

    def volume(self, hello_bytes, connect_bytes, answer_bytes):
        """Packets and their bytes, by direction, of the whole connection."""
        packets = [2 + 1 + 2, 1 + 1 + 1]  # SYN, ACK, CONNECT, FIN, last ACK; SYN+ACK, answer, FIN
        sizes = [connect_bytes, answer_bytes]
        for i, burst in enumerate(self.bursts):
            length = self.length_on_wire(burst, hello_bytes)
            packets[burst[0]] += -(-length // SEGMENT)
            packets[1 - burst[0]] += self.needs_ack(i)
            sizes[burst[0]] += length
        return packets, [sizes[way] + HEADERS * packets[way] for way in (UP, DOWN)]

    def _count(self):
        times = {}
        for direction, time, indexes in self.bursts:
            for i in indexes:
                times[i] = time
        self.exchanges = [sum(1 for m in self.messages if m[0] == way) for way in (UP, DOWN)]
        self.small = [sum(1 for m in self.messages if m[0] == way and 0 <= m[1] <= SMALL) for way in (UP, DOWN)]
        self.turns = sum(1 for a, b in zip(self.messages, self.messages[1:]) if a[0] != b[0])
        self.silence_us = max((times[i + 1] - times[i] for i in range(len(self.messages) - 1)), default=0)
        self.lengths = self._lengths()
        ups = [times[i] for i, m in enumerate(self.messages) if m[0] == UP][: INTERVALS + 1]
        gaps = [(b - a) / 1e6 for a, b in zip(ups, ups[1:])]
        self.interval = None
        if gaps:
            median = statistics.median(gaps)
            self.interval = (round(median, 6), round(statistics.median(abs(g - median) for g in gaps), 6))
        self.kept = self._kept(times)

    def _lengths(self):
        counts = {}
        for message in self.messages:
            if message[1] != HELLO:
                counts[message[0], message[1]] = counts.get((message[0], message[1]), 0) + 1
        repeated = [(-n, way, length) for (way, length), n in counts.items() if n >= 5]
        return [(way, length, -n) for n, way, length in sorted(repeated)]

    def _kept(self, times):
        """The first messages: (direction, length, milliseconds, bytes or none)."""
        kept, of = [], [0, 0]
        for i, message in enumerate(self.messages):
            if len(kept) == KEPT_MESSAGES:
                break
            if of[message[0]] == KEPT_OF_ONE:
                continue
            of[message[0]] += 1
            kept.append((message[0], message[1], times[i] // 1000, message[3] if len(message) > 3 else b""))
        return kept


def handshake(rng, is_13):
    """Of TLS: the records up to the client's Finished."""
    rtt = rng.randint(8_000, 120_000)
    if is_13:
        certificate = rng.choice((2300, 2700, 3100, 3600, 4200)) + rng.randint(0, 300)
        return [(UP, HELLO, 900), (DOWN, 122, rtt), (DOWN, 1, 0), (DOWN, certificate, 0), (UP, 1, rng.randint(800, 3000)), (UP, 53, 0)]
    return [(UP, HELLO, 900), (DOWN, 85, rtt), (DOWN, 1, 0), (DOWN, 40, 0), (UP, 1, rng.randint(800, 3000)), (UP, 40, 0)]


def request(rng, up, down, wait_us, is_first=False):
    """One request and its answer, which comes in records of at most 16 KB."""
    messages = [(UP, up, 0 if is_first else rng.randint(200, 4000))]
    gap = wait_us
    while down > 0:
        record = min(down, rng.choice((1369, 1391, 4096, 8192, 16401)))
        messages.append((DOWN, max(record, 24), gap))
        down -= record
        gap = rng.choice((0, 0, 0, 300))
    return messages


def wait(rng):
    return rng.randint(6_000, 180_000)


def page(rng, is_13=True):
    """A page of a site over HTTP/2: a head, some resources, perhaps more after a while."""
    messages = handshake(rng, is_13) + [(UP, rng.randint(60, 110), 0)]
    messages += request(rng, rng.randint(320, 760), int(rng.lognormvariate(8.3, 1.0)), wait(rng))
    for _ in range(min(int(rng.expovariate(0.3)), 30)):
        if rng.random() < 0.12:
            messages.append((UP, rng.randint(40, 60), int(rng.expovariate(1 / 9e6)) + 1))
        messages += request(rng, rng.randint(45, 240), int(rng.lognormvariate(7.2, 1.1)), wait(rng))
    return messages


def resource(rng, is_13=True):
    messages = handshake(rng, is_13) + request(rng, rng.randint(240, 620), int(rng.lognormvariate(7.0, 1.2)), wait(rng), True)
    for _ in range(rng.choice((0, 0, 0, 0, 1, 2))):
        messages += request(rng, rng.randint(45, 200), int(rng.lognormvariate(6.8, 1.1)), wait(rng))
    return messages


def call(rng, is_13=True):
    """One request to an interface, and a short answer."""
    return handshake(rng, is_13) + request(rng, rng.randint(180, 1400), rng.randint(60, 900), wait(rng), True)


def download(rng, is_13=True):
    return handshake(rng, is_13) + request(rng, rng.randint(180, 420), rng.randint(40_000, 200_000), wait(rng), True)


def heartbeat(rng, minutes, period_s, up, down, jitter=0.01, talk=0.1, is_13=True):
    """A long session that is kept alive, with a word now and then either way."""
    messages = handshake(rng, is_13) + request(rng, rng.randint(400, 900), rng.randint(150, 400), wait(rng), True)
    end = minutes * 60e6
    time = 0
    while time < end and len(messages) < 900:
        gap = int(period_s * 1e6 * max(rng.gauss(1, jitter), 0.2))
        time += gap
        messages += [(UP, up, gap), (DOWN, down, wait(rng))]
        if rng.random() < talk:
            messages.append((rng.choice((UP, DOWN)), rng.randint(60, 1200), rng.randint(100_000, 4_000_000)))
    return messages


def chat(rng, is_13=True):
    return heartbeat(rng, rng.uniform(20, 200), rng.choice((20, 25, 30, 45)), rng.choice((31, 35, 41)), rng.choice((29, 33, 37)), 0.02, 0.3, is_13)


def mail(rng, is_13=True):
    """Webmail that asks for news every so often, and is written in."""
    messages = page(rng, is_13)
    period = rng.choice((30, 60, 90))
    for _ in range(rng.randint(5, 40)):
        messages += [(UP, rng.randint(380, 430), int(period * 1e6 * rng.uniform(0.9, 1.1)))]
        messages += [(DOWN, rng.randint(200, 2600), wait(rng))]
        if rng.random() < 0.2:
            messages += request(rng, rng.randint(400, 4000), rng.randint(300, 20_000), wait(rng))
    return messages


def video(rng, is_13=True):
    messages = handshake(rng, is_13)
    for i in range(rng.randint(4, 14)):
        messages += [(UP, rng.randint(330, 360), 0 if i == 0 else rng.randint(4_000_000, 10_000_000))]
        messages += [(DOWN, 16401, wait(rng) if k == 0 else 0) for k in range(rng.randint(1, 4))]
    return messages


ORDINARY = {"page": page, "resource": resource, "call": call, "download": download, "chat": chat, "mail": mail, "video": video}


# --- what runs inside tunnels: (direction, length, gap) without any handshake around it ---


def typing(rng, base, count):
    """Keystrokes and their echoes; output of commands."""
    messages = []
    while len(messages) < count:
        for _ in range(rng.randint(3, 14)):
            messages += [(UP, base, rng.randint(60_000, 420_000)), (DOWN, base, rng.randint(9_000, 60_000))]
        messages.append((DOWN, base + 16 * rng.randint(2, 60), rng.randint(9_000, 90_000)))
        if rng.random() < 0.3:
            messages.append((UP, base, int(rng.expovariate(1 / 20e6)) + 1))
    return messages


def packets(rng, base, count):
    """A network inside: acknowledgments, handshakes of inner TLS, bulk either way, something to keep it alive."""
    messages = []
    while len(messages) < count:
        what = rng.random()
        if what < 0.35:
            messages += [(UP, base, 10_000_000 + rng.randint(-20_000, 20_000)), (DOWN, base, wait(rng))]
        elif what < 0.6:
            messages += [(UP, 517 + base, rng.randint(5_000, 900_000)), (DOWN, 1300, wait(rng)), (DOWN, 1300, 500), (UP, 126 + base, 4000)]
            messages += [(DOWN, 51 + base, 15_000)]
        else:
            way = DOWN if rng.random() < 0.7 else UP
            for _ in range(rng.randint(2, 12)):
                messages += [(way, rng.choice((1250, 1300, 1300, 1350)), rng.randint(300, 3000)), (1 - way, base + 24, rng.randint(300, 3000))]
    return messages


def desktop(rng, base, count):
    messages = []
    while len(messages) < count:
        for _ in range(rng.randint(4, 20)):
            messages.append((UP, base + rng.choice((0, 0, 0, 6)), rng.randint(15_000, 120_000)))
        for _ in range(rng.randint(1, 6)):
            messages.append((DOWN, rng.randint(200, 1380), rng.randint(2_000, 40_000)))
    return messages


def exchange(rng, base, count):
    """Files given and taken in blocks."""
    messages = []
    while len(messages) < count:
        way = rng.choice((UP, DOWN))
        messages += [(1 - way, base, rng.randint(5_000, 800_000))]
        messages += [(way, 1370, rng.randint(300, 4_000)) for _ in range(rng.randint(4, 16))]
    return messages


def pulse(rng, base, count, period_s=None):
    """Almost nothing, regularly."""
    period = period_s or rng.choice((5, 10, 15, 20, 30, 60))
    messages = []
    while len(messages) < count:
        gap = int(period * 1e6 * rng.gauss(1, 0.01))
        messages += [(UP, base, max(gap, 1)), (DOWN, base + 2, wait(rng))]
        if rng.random() < 0.03:
            messages += exchange(rng, base, 8)
    return messages


def poll(rng, base, count):
    """A short session: have you got anything for me?"""
    return [(UP, base + 160, 0 if rng.random() < 0.9 else 5000), (DOWN, base + rng.choice((90, 90, 90, 90, 700)), wait(rng))]


TUNNELLED = {"typing": typing, "packets": packets, "desktop": desktop, "exchange": exchange, "pulse": pulse, "poll": poll}
