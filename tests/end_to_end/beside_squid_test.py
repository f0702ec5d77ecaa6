#!/usr/bin/env python3
"""The commands of docs/guides/beside-squid.md, exactly as they stand there, on something that looks like the machine that
they are for: Debian's /etc/squid, empty folders for logs and states, the package's files in their places, and a network
of its own. systemctl is a script that does what the units say."""

import os
import re
import shutil
import subprocess

import harness
from proxy_harness import Folder, need

GUIDE = harness.ROOT / "docs" / "guides" / "beside-squid.md"
PACKAGING = harness.ROOT / "packaging"
SITE = "site.example"
# As root of a machine of its own. $1: a folder with etc, bin, origin.py; $2: the repository. What is mounted over is gone
# with the namespace; nothing is written to the machine below.
MACHINE = r"""
set -eu
ip link set lo up
mount --bind "$1/etc" /etc
for folder in /var/log /var/spool /var/lib /run /usr/local; do mount -t tmpfs tmpfs $folder; done
install -d -o proxy -g proxy /var/log/squid /var/spool/squid
mkdir -p /var/lib/mogura /var/log/mogura /usr/local/bin /run/share
mount --bind /usr/share /run/share
mount -t tmpfs tmpfs /usr/share
ln -s /run/share/* /usr/share/
ln -s "$2/packaging" /usr/share/mogura
cp "$1"/bin/* /usr/local/bin
export PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
squid
python3 -B "$1/origin.py" &
until squid -k check 2>/dev/null; do :; done
cd /
"""
SYSTEMCTL = r"""#!/bin/sh
set -eu
case "$*" in
  "enable --now mogura-icap")
    start=$(sed -n 's#^ExecStart=/usr/bin/##p' "$UNITS/mogura-icap.service")
    $start 2>/run/mogura-icap.notes & echo $! >/run/mogura-icap.pid
    until grep -q listening /run/mogura-icap.notes; do kill -0 $(cat /run/mogura-icap.pid); done ;;
  "reload squid") squid -k reconfigure; until grep -q 'ICAP service is up\|Adaptation support is on' /var/log/squid/cache.log; do :; done ;;
  *) echo "systemctl $*: not expected" >&2; exit 1 ;;
esac
"""
ORIGIN = """
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Type", "text/html"); self.end_headers(); self.wfile.write(b"<p>hello")
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Handler).serve_forever()
"""
# A program that says it is a browser and keeps no cookies, until the events say so.
VISITS = r"""
visit=0
until grep -q suspicious /var/log/mogura/icap-events.json; do
  visit=$((visit + 1))
  curl -sS -o /dev/null --fail --noproxy '' --retry 20 --retry-connrefused -x http://127.0.0.1:3128 \
    -A 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' "http://site.example:8080/?visit=$visit"
done
"""


def commands(name):
    """A block of the guide."""
    return re.search(rf"<!-- run: {name} -->\n```sh\n(.*?)```", GUIDE.read_text(), re.S)[1]


class AsWritten(Folder):
    def test_the_page_of_commands(self):
        need("squid", "unshare", "ip", "curl")
        if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "true"],
                                               capture_output=True, check=False).returncode != 0:  # fmt: skip
            self.skipTest("no permission for namespaces, in which the guide's machine would be")
        etc = self.folder / "etc"
        subprocess.run(["cp", "-a", "/etc", etc], check=True)
        (etc / "squid" / "conf.d").mkdir(exist_ok=True)
        shutil.copytree(PACKAGING / "etc", etc / "mogura")
        (etc / "hosts").unlink(missing_ok=True)
        (etc / "hosts").write_text(f"127.0.0.1 localhost {SITE}\n")
        (self.folder / "origin.py").write_text(ORIGIN)
        bin_folder = self.folder / "bin"
        bin_folder.mkdir()
        (bin_folder / "mogura").write_text(f'#!/bin/sh\nexec {harness.MOGURA} "$@"\n')
        (bin_folder / "systemctl").write_text(SYSTEMCTL)
        for program in bin_folder.iterdir():
            program.chmod(0o755)
        self.folder.chmod(0o755)
        script = "\n".join([MACHINE, commands("setup"), VISITS, commands("analyze"),
                            "cat /var/log/squid/access.log >&2", "mogura doctor >/dev/null || :"])  # fmt: skip
        done = subprocess.run(
            ["timeout", "150", "unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
             script, "sh", str(self.folder), str(harness.ROOT)],
            capture_output=True, text=True, check=False, env={**os.environ, "UNITS": str(PACKAGING / "systemd")})  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('"state":"suspicious"', done.stdout)
        self.assertRegex(done.stderr, r'"GET http://site\.example:8080/\?visit=3 HTTP/1\.1" 200 .*Firefox')


if __name__ == "__main__":
    harness.main()
