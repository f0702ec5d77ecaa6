"""What the end-to-end tests share: where the program is, how to run it, where captures are.

Each test file runs by itself (`tests/end_to_end/cli_test.py`, or one class of it: `cli_test.py ExitStatus`) and from
ctest. The program is the one in the environment variable MOGURA, else build/release/mogura. A class whose tests are all
skipped ends with status 77, which ctest counts as skipped. Python's standard library only.
"""

import json
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MOGURA = os.environ.get("MOGURA", str(ROOT / "build" / "release" / "mogura"))
SAMPLE = ROOT / "samples" / "office-day.pcap.gz"
SAMPLE_LABELS = ROOT / "samples" / "office-day.labels.tsv"
# Captures that are not part of this repository; tests that want them are skipped where they are absent.
SHARED = ROOT.parent / "shared" / "data"
TIMEOUT_S = 300
ALL_SKIPPED = 77


def shared(path):
    """A file or folder beside the repository, or a skipped test."""
    found = SHARED / path
    if not found.exists():
        raise unittest.SkipTest(f"{found} is not there")
    return found


def run(*arguments, stdin=None, env=None, timeout=TIMEOUT_S):
    """Runs the program; answers the finished process with stdout and stderr as bytes."""
    environment = dict(os.environ, **(env or {}))
    return subprocess.run(
        [MOGURA, *map(str, arguments)], input=stdin, capture_output=True, env=environment, timeout=timeout, check=False
    )


def sessions_of(*inputs, expect=0, options=()):
    """The sessions of capture files, as a list of dictionaries in the order written."""
    done = run("analyze", "--quiet", "--sessions", "-", *options, *inputs)
    if done.returncode != expect:
        raise AssertionError(f"{inputs}: status {done.returncode}, not {expect}: {done.stderr.decode(errors='replace')}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def document_of(*inputs, expect=0, options=()):
    """The analysis document of capture files."""
    done = run("analyze", "--quiet", "--json", "-", *options, *inputs)
    if done.returncode != expect:
        raise AssertionError(f"{inputs}: status {done.returncode}, not {expect}: {done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout)


def read_table(path):
    """Rows of a tab-separated file with a heading, as dictionaries; lines that begin with # are comments."""
    lines = [line for line in pathlib.Path(path).read_text().splitlines() if line and not line.startswith("#")]
    heading = lines[0].split("\t")
    return [dict(zip(heading, line.split("\t"), strict=False)) for line in lines[1:]]


class KeepsCount(unittest.TextTestResult):
    """A test result that knows what passed, sub-tests included, so that skipping is told from passing."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def main():
    program = unittest.main(module="__main__", argv=[sys.argv[0], "-v", *sys.argv[1:]], exit=False,
                            testRunner=unittest.TextTestRunner(resultclass=KeepsCount, stream=sys.stdout))  # fmt: skip
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(ALL_SKIPPED if result.passed == 0 and result.skipped else 0)
