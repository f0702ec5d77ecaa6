"""Names that nobody owns: of sites, programs, makers."""

ONSETS = ("b", "br", "c", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "qu", "r", "s", "st", "t", "tr", "v", "w", "z")
VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "io", "ou")
CODAS = ("", "", "l", "m", "n", "r", "s", "t", "x", "nd", "rk", "st")
SUFFIXES = ("com",) * 10 + ("net", "net", "org", "io", "jp", "co.jp", "co.jp", "ne.jp", "de", "dev", "tv", "info")


class Words:
    def __init__(self, rng):
        self.rng = rng
        self.used = set()

    def word(self, syllables=None):
        """A new one each time."""
        while True:
            count = syllables or self.rng.choice((2, 2, 3))
            text = "".join(self.rng.choice(ONSETS) + self.rng.choice(VOWELS) for _ in range(count)) + self.rng.choice(CODAS)
            if text not in self.used:
                self.used.add(text)
                return text

    def domain(self):
        word = self.word() + (self.word(2) if self.rng.random() < 0.4 else "")
        return f"{word}.{self.rng.choice(SUFFIXES)}"
