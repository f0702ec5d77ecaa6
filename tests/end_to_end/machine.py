"""A Debian of the test's own with systemd running: a root file system unpacked into memory, in namespaces of its own.

Nothing of it reaches this machine's files, network or processes; it ends with the process that made it. Needs root.
"""

import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 40
CLONE_NEWCGROUP = 0x02000000
MS_REC, MS_PRIVATE, MNT_DETACH = 0x4000, 0x40000, 2
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
_libc = ctypes.CDLL(None, use_errno=True)


class NotPossible(Exception):
    """Why there cannot be such a machine here."""


def _call(name, *arguments):
    if getattr(_libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def _mount(kind, where, options=""):
    pathlib.Path(where).mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", kind, *(["-o", options] if options else []), kind, str(where)], check=True)


def _fill_dev(root):
    dev = root / "dev"
    _mount("tmpfs", dev, "mode=755")
    for name, (major, minor) in DEVICES.items():
        os.mknod(dev / name, 0o020666, os.makedev(major, minor))
        os.chmod(dev / name, 0o666)
    _mount("devpts", dev / "pts", "newinstance,ptmxmode=666")
    _mount("tmpfs", dev / "shm", "mode=1777")
    (dev / "ptmx").symlink_to("pts/ptmx")
    (dev / "fd").symlink_to("/proc/self/fd")
    (dev / "console").touch()


def _boot(folder, archive):
    """In new namespaces, as their first process: becomes the machine's systemd."""
    root = pathlib.Path(folder) / "root"
    _call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
    _mount("tmpfs", root, "mode=755,size=3g")
    subprocess.run(["tar", "-C", root, "--zstd", "-xf", archive], check=True)
    _mount("proc", root / "proc")
    _mount("sysfs", root / "sys", "ro")
    _fill_dev(root)
    _mount("tmpfs", root / "run", "mode=755")
    group = pathlib.Path(folder) / "cgroup"
    _mount("cgroup2", group)
    ours = group / pathlib.Path(folder).name
    ours.mkdir()
    (ours / "cgroup.procs").write_text(str(os.getpid()))
    _call("unshare", CLONE_NEWCGROUP)
    subprocess.run(["umount", group], check=True)
    _mount("cgroup2", root / "sys/fs/cgroup")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    _call("sethostname", b"bare", 4)
    os.chdir(root)
    # Not chroot: in there, systemd could make no namespaces of users.
    _call("pivot_root" if hasattr(_libc, "pivot_root") else "syscall", *_pivot_arguments())
    os.chdir("/")
    _call("umount2", b"/", MNT_DETACH)
    os.execve("/lib/systemd/systemd", ["systemd", "--unit=multi-user.target", "--log-target=null", "--show-status=no"],
              {"container": "other", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})  # fmt: skip


def _pivot_arguments():
    return (b".", b".") if hasattr(_libc, "pivot_root") else (155, b".", b".")  # its number on x86-64


class Machine:
    def __init__(self, archive):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mogura-machine-"))
        self.log = open(self.folder / "log", "w+b")
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--net", "--uts", "--ipc", "--pid", "--fork", "--kill-child",
             sys.executable, "-B", __file__, str(self.folder), str(archive)],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.end()
            raise

    def _wait(self):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.process.poll() is None:
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            if children:
                self.pid = children[0]
                if self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded"):
                    return
            time.sleep(0.2)
        self.log.seek(0)
        raise NotPossible(self.log.read().decode(errors="replace")[-2000:] or "systemd does not come up")

    def _enter(self, *namespaces):
        return ["nsenter", f"--target={self.pid}", *namespaces]

    def run(self, *command, check=True, stdin=None):
        """Runs a command in the machine; its output, both streams, is text in `stdout`."""
        done = subprocess.run(
            [*self._enter("--all", "--root", "--wd"), "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
             "DEBIAN_FRONTEND=noninteractive", *map(str, command)],
            input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)  # fmt: skip
        if check and done.returncode != 0:
            raise AssertionError(f"{command}: status {done.returncode}: {done.stdout}")
        return done

    def says(self, *command):
        return self.run(*command).stdout.strip()

    def in_network(self, *command, **options):
        """Starts a program of this machine in the network of that one."""
        return subprocess.Popen([*self._enter("--net"), *map(str, command)], **options)

    def path(self, name):
        """A file of the machine as seen from here."""
        return pathlib.Path(f"/proc/{self.pid}/root/{name}")

    def put(self, source, name):
        shutil.copy(source, self.path(name))

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)  # and with it, by --kill-child, the machine
        self.process.wait()
        self.log.close()
        self._remove_cgroups()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _remove_cgroups(self):
        """What systemd made below the machine's own group, which outlives it."""
        script = """mount -t cgroup2 cgroup2 "$1/cgroup" || exit 0
                    for i in 1 2 3 4 5 6 7 8 9 10; do
                      [ -d "$1/cgroup/$2" ] || exit 0
                      find "$1/cgroup/$2" -depth -type d -exec rmdir {} + 2>/dev/null; sleep 0.1
                    done"""
        subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", self.folder, self.folder.name], check=False)


if __name__ == "__main__":
    _boot(*sys.argv[1:])
