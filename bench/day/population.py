"""An organisation's day: its clients with their browsers, the sites they visit, the programs that run by themselves, and
64 kinds of tunnel software among them.

No single trait tells the tools. Some have a browser's hello and User-Agent, some a library's as updaters have; their
sessions are long or short; a tool has one client or several, one server or several. And ordinary sites may be visited
by one client alone, for hours.
"""

import bisect
import dataclasses
import itertools

import hello
import shapes
from words import Words

SECOND = 1_000_000
DAY_US = 86_400 * SECOND
START_US = 1_781_481_600 * SECOND  # Monday, 2026-06-15T00:00:00Z


@dataclasses.dataclass(slots=True)
class Session:
    start_us: int
    client: str
    port: int
    label: str  # "ordinary" or the name of the tool
    name: str  # of the program or the kind of site
    destination: str
    user_agent: str  # "": none
    status: int
    inner: str  # "none", "tls", "ssh", …
    variant: object  # hello.Variant; None where there is no TLS
    server_name: str
    shape: shapes.Shape


class Zipf:
    """Draws from a list, the first the most often."""

    def __init__(self, items, exponent):
        self.items = items
        self.sums = list(itertools.accumulate(1 / (rank + 2) ** exponent for rank in range(len(items))))

    def draw(self, rng):
        return self.items[bisect.bisect_left(self.sums, rng.random() * self.sums[-1])]


class Pool:
    """Shapes are made once and drawn often: what follows from one is computed once too."""

    SIZES = {"page": 1200, "resource": 1500, "call": 500, "download": 60, "chat": 150, "mail": 200, "video": 60}

    def __init__(self, rng, scale):
        self.rng = rng
        self.kinds = {}
        for is_13, share in ((True, 0.8), (False, 0.2)):
            for kind, make in shapes.ORDINARY.items():
                count = max(int(self.SIZES[kind] * share * min(scale, 1)), 10)
                self.kinds[kind, is_13] = [shapes.Shape(make(rng, is_13), wait(rng), True) for _ in range(count)]
        self.empty = [shapes.Shape([], wait(rng), False) for _ in range(40)]
        self.plain = [shapes.Shape(plain_request(rng), wait(rng), False) for _ in range(60)]

    def draw(self, kind, is_13=True):
        return self.rng.choice(self.kinds[kind, is_13])


def wait(rng):
    return int(rng.lognormvariate(10.6, 0.6)) + 2_000  # about 40 ms


def plain_request(rng):
    """HTTP inside a CONNECT, as a few updaters do it."""
    head = f"GET /{rng.randrange(16**8):08x}/manifest.json HTTP/1.1\r\nHost: ".encode()
    messages = [(shapes.UP, rng.randint(180, 260), 500, head), (shapes.DOWN, rng.randint(300, 1380), wait(rng), b"HTTP/1.1 200 OK\r\n")]
    return messages + [(shapes.DOWN, rng.randint(900, 1400), 400) for _ in range(rng.randint(0, 6))]


class Browser:
    def __init__(self, user_agent, family, spec):
        self.user_agent, self.family, self.spec = user_agent, family, spec


def make_browsers(rng, specs):
    """Versions in use, each on some system; a few much more than the others."""
    windows, mac, linux = "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"
    android = [f"Linux; Android {v}; {m}" for v in (12, 13, 14, 15) for m in ("Pixel 7", "Pixel 8a", "SM-A546B", "SO-53C", "K")]
    browsers = []
    for version in range(112, 139):
        family = "chrome" if version < 131 else "chrome-new"
        for system in (windows, windows, mac, linux, rng.choice(android)):
            mobile = " Mobile" if "Android" in system else ""
            text = f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0{mobile} Safari/537.36"
            browsers.append(Browser(text, family, specs[family]))
            if system == windows and rng.random() < 0.7:
                browsers.append(Browser(f"{text} Edg/{version}.0.{rng.randint(1000, 3000)}.{rng.randint(20, 99)}", family, specs[family]))
    for version in list(range(115, 141)) + [128, 140]:
        family = "firefox-esr" if version in (115, 128, 140) else "firefox"
        for system in (windows, "Macintosh; Intel Mac OS X 10.15", "X11; Ubuntu; Linux x86_64", "X11; Linux x86_64"):
            if rng.random() < 0.6:
                text = f"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
                browsers.append(Browser(text, family, specs[family]))
    for version in ("16.6", "17.1", "17.4", "17.6", "18.0", "18.3", "18.5"):
        browsers.append(Browser(f"Mozilla/5.0 ({mac}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{version} Safari/605.1.15", "safari", specs["safari"]))
        phone = f"iPhone; CPU iPhone OS {version.replace('.', '_')} like Mac OS X"
        text = f"Mozilla/5.0 ({phone}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{version} Mobile/15E148 Safari/604.1"
        browsers.append(Browser(text, "safari", specs["safari"]))
    rng.shuffle(browsers)
    return browsers


@dataclasses.dataclass
class Client:
    address: str
    browsers: list
    windows: list  # (from, to) in microseconds of the day
    activity: float
    places: list  # sites that only this one visits: (host, kind)
    port: int = 32_768

    def next_port(self):
        self.port = self.port + 1 if self.port < 60_999 else 32_769
        return self.port

    def moment(self, rng):
        """While it is there, more often in the middle of the day than at its ends."""
        begin, end = rng.choice(self.windows)
        return begin + int((end - begin) * rng.betavariate(1.4, 1.4))


@dataclasses.dataclass
class Site:
    host: str
    kind: str
    third_parties: list


@dataclasses.dataclass
class Program:
    """Something that runs by itself: an updater, a developer's tool, a synchroniser."""

    name: str
    user_agent: str
    spec: hello.Hello
    hosts: list
    clients: list
    kind: str
    times: int  # a day and client
    shape_pool: list


class Organisation:
    def __init__(self, rng, options):
        self.rng = rng
        self.options = options
        self.words = Words(rng)
        self.browsers_specs = hello.browsers()
        self.library_specs = hello.libraries()
        self.pool = Pool(rng, options.ssl / 198_134)
        self.browsers = make_browsers(rng, self.browsers_specs)
        self.sites, self.third_parties = self._sites()
        self.clients = [self._client(i) for i in range(options.clients)]
        self.client_draw = Zipf(sorted(self.clients, key=lambda c: -c.activity), 0.35)
        self.programs = [self._program() for _ in range(options.programs)]

    # --- who there is and where they go ---

    def _sites(self):
        rng, count = self.rng, self.options.sites
        third = [self.words.domain() for _ in range(max(count // 20, 12))]
        third = [f"{rng.choice(('cdn', 'static', 'ads', 'api', 'fonts', 'pixel', 'img'))}.{name}" for name in third]
        draw = Zipf(third, 0.9)
        sites = []
        for _ in range(count):
            name = self.words.domain()
            own = [f"{rng.choice(('static', 'img', 'api'))}.{name}"] if rng.random() < 0.4 else []
            parties = own + [draw.draw(rng) for _ in range(rng.randint(0, 7))]
            kind = rng.choices(("page", "video", "chat", "mail", "download"), (90, 3, 3, 3, 1))[0]
            sites.append(Site(("www." if rng.random() < 0.6 else "") + name, kind, list(dict.fromkeys(parties))))
        return Zipf(sites, 0.85), draw

    def _client(self, index):
        rng = self.rng
        popular = Zipf(self.browsers, 0.6)
        browsers = [popular.draw(rng) for _ in range(rng.choice((1, 1, 1, 2)))]
        if rng.random() < 0.08:  # a personal oddity: an extension, an old build, a locale
            base = browsers[0]
            odd = rng.choice((f" {self.words.word().title()}/{rng.randint(1, 9)}.{rng.randint(0, 20)}", "; rv:11.0 like Gecko", " (ja-JP)"))
            browsers[0] = Browser(base.user_agent + odd, base.family, base.spec)
        morning = int(rng.gauss(8.6, 0.9) * 3600) * SECOND
        evening = int(rng.gauss(17.8, 1.4) * 3600) * SECOND
        noon = (morning + evening) // 2
        hour = 3600 * SECOND
        windows = rng.choices(
            ([(morning, evening)], [(morning, noon)], [(noon, evening)], [(morning, noon - hour), (noon + hour, evening)], [(0, DAY_US - hour)]),
            (55, 8, 8, 25, 4),
        )[0]
        windows = [(max(a, 0), min(max(b, a + hour // 2), DAY_US - hour)) for a, b in windows]
        # Some sites get several sessions, a few are open all day: one's own mail, one's own chat.
        places = [(self.words.domain(), rng.choices(("page", "mail", "chat", "call", "video"), (70, 8, 8, 10, 4))[0])
                  for _ in range(rng.choice((1, 2, 3, 4, 6, 9)))]  # fmt: skip
        address = f"10.{20 + index // 250}.{rng.randrange(4)}.{index % 250 + 2}"
        return Client(address, browsers, windows, rng.lognormvariate(0, 0.8), places)

    def _program(self):
        rng = self.rng
        name = self.words.word().title()
        maker = self.words.domain()
        sharing = rng.choices(("everywhere", "many", "some", "few"), (15, 30, 35, 20))[0]
        share = {"everywhere": 0.8, "many": 0.25, "some": 0.05, "few": 0.0}[sharing]
        count = max(int(len(self.clients) * share * rng.uniform(0.5, 1.2)), rng.randint(1, 4))
        user_agent = rng.choice((
            f"{name}/{rng.randint(1, 12)}.{rng.randint(0, 30)}.{rng.randint(0, 9)}", f"{name}-updater ({rng.choice(('Windows', 'Linux', 'Darwin'))})",
            f"{name} HTTP client", f"Go-http-client/1.1", f"python-requests/2.{rng.randint(25, 32)}.0", f"curl/8.{rng.randint(0, 9)}.0",
            f"git/2.{rng.randint(34, 47)}.0", f"okhttp/4.{rng.randint(9, 12)}.0", "",
        ))  # fmt: skip
        spec = hello.private_hello(rng) if rng.random() < 0.15 else rng.choice(list(self.library_specs.values()))
        kind = rng.choices(("call", "download", "sync", "resource"), (45, 20, 15, 20))[0]
        hosts = [f"{rng.choice(('update', 'api', 'dl', 'telemetry', 'registry', 'sync'))}{i or ''}.{maker}" for i in range(rng.choice((1, 1, 2, 3)))]
        pool = [shapes.Shape(self._program_messages(kind, spec), wait(rng), True) for _ in range(8)]
        times = {"call": rng.choice((2, 4, 24)), "download": 1, "sync": 2, "resource": rng.choice((1, 3, 8))}[kind]
        return Program(name, user_agent, spec, hosts, rng.sample(self.clients, min(count, len(self.clients))), kind, times, pool)

    def _program_messages(self, kind, spec):
        rng = self.rng
        if kind == "sync":
            return shapes.heartbeat(rng, rng.uniform(10, 90), rng.choice((30, 60, 120)), rng.randint(30, 90), rng.randint(30, 90), 0.03, 0.15, spec.is_13)
        return shapes.ORDINARY[kind](rng, spec.is_13)

    # --- what they do ---

    def _browse(self, client, moment, host, kind, name="site"):
        rng = self.rng
        browser = client.browsers[0] if rng.random() < 0.9 else client.browsers[-1]
        is_13 = hash_of(host) % 5 != 0  # some sites are behind the times
        return Session(START_US + moment, client.address, client.next_port(), "ordinary", name, f"{host}:443", browser.user_agent, 200, "tls",
                       browser.spec.variant(rng), host, self.pool.draw(kind, is_13))  # fmt: skip

    def _visit(self):
        rng = self.rng
        client = self.client_draw.draw(rng)
        moment = client.moment(rng)
        if rng.random() < 0.12:
            host, kind = rng.choice(client.places)
            if kind in ("chat", "mail") and rng.random() < 0.7:
                kind = "resource"
            return [self._browse(client, moment, host, kind, "own site") for _ in range(rng.randint(1, 4))]
        site = self.sites.draw(rng)
        kind = site.kind if site.kind == "page" or rng.random() < 0.3 else "resource"
        sessions = [self._browse(client, moment, site.host, kind)]
        for host in site.third_parties:
            if rng.random() < 0.6:
                sessions.append(self._browse(client, moment + rng.randint(50_000, 3_000_000), host, rng.choice(("resource", "resource", "call"))))
        return sessions

    def _run(self, program):
        rng = self.rng
        for client in program.clients:
            for _ in range(rng.randint(max(program.times // 2, 1), program.times)):
                host = rng.choice(program.hosts)
                yield Session(START_US + client.moment(rng), client.address, client.next_port(), "ordinary", program.name, f"{host}:443",
                              program.user_agent, 200, "tls", program.spec.variant(rng), host, rng.choice(program.shape_pool))  # fmt: skip

    def ordinary_ssl(self, count):
        """Programs first, at most a fourth; browsers do the rest."""
        sessions = list(itertools.chain.from_iterable(self._run(program) for program in self.programs))
        self.rng.shuffle(sessions)
        del sessions[count // 4 :]
        while len(sessions) < count:
            sessions += self._visit()
        return sessions[:count]

    def ordinary_connect(self, count):
        """CONNECTs that came to nothing, were refused, or in which a program spoke plain HTTP."""
        rng = self.rng
        speakers = [p for p in self.programs if len(p.clients) > 2][:3] or self.programs[:1]
        sessions = []
        for _ in range(count):
            what = rng.random()
            if what < 0.04 and speakers:
                program = rng.choice(speakers)
                client, host = rng.choice(program.clients), f"{program.hosts[0]}:80"
                sessions.append(Session(START_US + client.moment(rng), client.address, client.next_port(), "ordinary", program.name, host,
                                        program.user_agent, 200, "http", None, "", rng.choice(self.pool.plain)))  # fmt: skip
                continue
            client = self.client_draw.draw(rng)
            host = self.sites.draw(rng).host if rng.random() < 0.6 else self.third_parties.draw(rng)
            status = rng.choice((403, 407, 503, 502)) if what < 0.2 else 200
            sessions.append(Session(START_US + client.moment(rng), client.address, client.next_port(), "ordinary", "unused CONNECT", f"{host}:443",
                                    rng.choice(client.browsers).user_agent, status, "none", None, "", rng.choice(self.pool.empty)))  # fmt: skip
        return sessions


def hash_of(text):
    """Python's own differs from run to run."""
    value = 0
    for character in text:
        value = (value * 131 + ord(character)) & 0xFFFFFFFF
    return value
