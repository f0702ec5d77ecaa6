"""The proxies that bench/proxy/measure compares, and the origin behind them: each with a configuration of its own in a
temporary folder, on ports of loopback, one thread or worker, no cache, no log of requests."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
FILES = {"1k": 1 << 10, "10k": 10 << 10, "100k": 100 << 10, "1m": 1 << 20, "100m": 100 << 20}
CONNECTIONS = 12_000
START_S = 20


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process):
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args}: ended with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{process.args}: nothing listens on port {port}")


def pinned(processors, command):
    return ["taskset", "-c", processors, *map(str, command)] if processors else [str(word) for word in command]


class Running:
    """A process and its descendants: what they cost, how to end them."""

    def __init__(self, name, folder, command, processors):
        self.name, self.folder = name, folder
        self.log = open(folder / f"{name}.log", "ab")
        self.process = subprocess.Popen(
            pinned(processors, command), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=folder,
            preexec_fn=raise_file_limit, start_new_session=True,
        )  # fmt: skip

    def family(self):
        parents = {}
        for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
        found = [self.process.pid]
        for pid in found:
            found.extend(child for child, parent in parents.items() if parent == pid)
        return found

    def cpu_s(self):
        """User and system time of the family, in seconds; that of children that have ended is with their parents."""
        total = 0
        for pid in self.family():
            try:
                total += sum(int(ticks) for ticks in pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15])  # fmt: skip
            except OSError:
                continue
        return total / TICKS

    def _sum_kb(self, file, key):
        total = 0
        for pid in self.family():
            try:
                total += int(re.search(rf"^{key}:\s+(\d+)", pathlib.Path(f"/proc/{pid}/{file}").read_text(), re.MULTILINE)[1])  # fmt: skip
            except (OSError, TypeError):
                continue
        return total

    def pss_kb(self):
        return self._sum_kb("smaps_rollup", "Pss")

    def peak_kb(self):
        """The largest resident memory of each, together; what they share is counted several times."""
        return self._sum_kb("status", "VmHWM")

    def stop(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in reversed(self.family()) if number == signal.SIGKILL else [self.process.pid]:
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
            try:
                self.process.wait(timeout=5)
                break
            except subprocess.TimeoutExpired:
                continue
        self.log.close()


def raise_file_limit():
    import resource

    for wanted in (4 * CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[1]):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
            return
        except (ValueError, OSError):
            continue


def write(path, text):
    path.write_text(text)
    path.chmod(0o644)
    return path


def owner(folder, user):
    """Servers that give up being root must still write into their folder."""
    if os.geteuid() == 0:
        shutil.chown(folder, user)


class Origin(Running):
    """nginx with files of several sizes."""

    def __init__(self, folder, processors):
        self.port = free_port()
        files = folder / "files"
        files.mkdir()
        for name, size in FILES.items():
            write(files / name, "").write_bytes(os.urandom(1024) * (size // 1024))
        user = "user www-data;\n" if os.geteuid() == 0 else ""
        config = write(folder / "nginx.conf", f"""{user}daemon off; worker_processes 1; worker_rlimit_nofile {4 * CONNECTIONS};
pid {folder}/nginx.pid; error_log {folder}/nginx.error;
events {{ worker_connections {CONNECTIONS * 2}; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; keepalive_timeout 300s;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; default_type text/html;
  open_file_cache max=100;
  server {{ listen 127.0.0.1:{self.port} backlog=4096; root {files}; }}
}}
""")  # fmt: skip
        super().__init__("nginx", folder, ["nginx", "-c", config], processors)
        wait_for_port(self.port, self.process)


class Peer(Running):
    """A proxy. `port`: for requests in absolute form; `connect`: the loader's word for its tunnels' port."""

    program = None

    def __init__(self, name, folder, processors, origin_port, sink_port):
        self.port, self.origin_port, self.sink_port = free_port(), origin_port, sink_port
        self.connect = str(self.port)
        folder = folder / name
        folder.mkdir(mode=0o755)
        super().__init__(name, folder, self.command(folder), processors)
        self.wait()

    def wait(self):
        wait_for_port(self.port, self.process)

    @classmethod
    def is_there(cls):
        return shutil.which(cls.program) is not None


class Mogura(Peer):
    """With events to a file where the challenge is on, as it would be used."""

    program, mode, path = "mogura", "observe", None

    @classmethod
    def is_there(cls):
        return pathlib.Path(cls.path).exists() and b"proxy" in subprocess.run([cls.path, "--help"], capture_output=True, check=False).stdout  # fmt: skip

    def command(self, folder):
        config = write(folder / "proxy.toml", f"""[access]
connect_ports = "all"
[upstream]
idle_per_host = 256
[limits]
connections = {CONNECTIONS}
""")  # fmt: skip
        return [self.path, "proxy", "--config", config, "--listen", f"127.0.0.1:{self.port}", "--threads", "1",
                "--allow-destination", "127.0.0.0/8", "--challenge", self.mode, "--events", folder / "events.jsonl",
                "--secret", folder / "secret"]  # fmt: skip


class MoguraOff(Mogura):
    mode = "off"


class Squid(Peer):
    program = "squid"

    def command(self, folder):
        owner(folder, "proxy")
        config = write(folder / "squid.conf", f"""http_port 127.0.0.1:{self.port}
workers 1
cache deny all
cache_mem 8 MB
memory_pools_limit 64 MB
access_log none
cache_log {folder}/cache.log
cache_store_log none
pid_filename none
coredump_dir {folder}
pinger_enable off
max_filedescriptors 19900
http_access allow all
shutdown_lifetime 0 seconds
client_idle_pconn_timeout 300 seconds
""")  # fmt: skip
        return ["squid", "-N", "-f", config]


class HaProxy(Peer):
    """As a reverse proxy to the origin, and as a relay of bytes to the sink."""

    program, relay_options = "haproxy", ""

    def command(self, folder):
        relay = free_port()
        self.connect = f"={relay}"
        config = write(folder / "haproxy.cfg", f"""global
  nbthread 1
  no strict-limits
  maxconn {CONNECTIONS}
defaults
  timeout connect 10s
  timeout client 300s
  timeout server 300s
  timeout http-request 30s
listen web
  mode http
  bind 127.0.0.1:{self.port} backlog 4096
  http-reuse always
  server origin 127.0.0.1:{self.origin_port}
listen relay
  mode tcp
  {self.relay_options}
  bind 127.0.0.1:{relay} backlog 4096
  server sink 127.0.0.1:{self.sink_port}
""")  # fmt: skip
        return ["haproxy", "-db", "-f", config]


class HaProxySplice(HaProxy):
    relay_options = "option splice-request\n  option splice-response"


class TrafficServer(Peer):
    program = "traffic_server"

    def command(self, folder):
        etc = folder / "etc"
        for name in ("etc", "var", "run", "log", "cache"):
            (folder / name).mkdir()
        write(folder / "runroot.yaml", "\n".join(f"{key}: {value}" for key, value in {
            "prefix": "/usr", "exec_prefix": "/usr", "bindir": "/usr/bin", "sbindir": "/usr/bin", "sysconfdir": etc,
            "datadir": "/usr/share/trafficserver", "includedir": "/usr/include", "libdir": "/usr/lib/trafficserver",
            "libexecdir": "/usr/lib/trafficserver/modules", "localstatedir": folder / "var",
            "runtimedir": folder / "run", "logdir": folder / "log", "cachedir": folder / "cache"}.items()))  # fmt: skip
        write(etc / "storage.config", f"{folder}/cache 16M\n")
        write(etc / "records.config", f"""CONFIG proxy.config.http.server_ports STRING {self.port}:ip-in=127.0.0.1
CONFIG proxy.config.exec_thread.autoconfig INT 0
CONFIG proxy.config.exec_thread.limit INT 1
CONFIG proxy.config.accept_threads INT 0
CONFIG proxy.config.task_threads INT 1
CONFIG proxy.config.url_remap.remap_required INT 0
CONFIG proxy.config.reverse_proxy.enabled INT 0
CONFIG proxy.config.http.cache.http INT 0
CONFIG proxy.config.http.connect_ports STRING *
CONFIG proxy.config.http.server_session_sharing.pool STRING global
CONFIG proxy.config.http.keep_alive_no_activity_timeout_in INT 300
CONFIG proxy.config.net.connections_throttle INT 19000
CONFIG proxy.config.net.max_connections_in INT {CONNECTIONS}
CONFIG proxy.config.net.listen_backlog INT 4096
CONFIG proxy.config.log.logging_enabled INT 0
CONFIG proxy.config.diags.debug.enabled INT 0
CONFIG proxy.config.cache.ram_cache.size INT 1048576
CONFIG proxy.config.http.insert_request_via_str INT 1
CONFIG proxy.config.admin.user_id STRING #-1
CONFIG proxy.config.crash_log_helper STRING NULL
""")  # fmt: skip
        write(etc / "ip_allow.yaml", "ip_allow:\n  - apply: in\n    ip_addrs: 127.0.0.0/8\n    action: allow\n    methods: ALL\n")  # fmt: skip
        return ["traffic_server", f"--run-root={folder}/runroot.yaml"]


class TinyProxy(Peer):
    program = "tinyproxy"

    def command(self, folder):
        user = "User tinyproxy\nGroup tinyproxy\n" if os.geteuid() == 0 else ""
        owner(folder, "tinyproxy") if user else None
        config = write(folder / "tinyproxy.conf", f"""{user}Port {self.port}
Listen 127.0.0.1
Timeout 300
LogFile "{folder}/tinyproxy.requests"
LogLevel Critical
MaxClients 3000
""")  # fmt: skip
        return ["tinyproxy", "-d", "-c", config]


PEERS = {"mogura": Mogura, "mogura off": MoguraOff, "haproxy": HaProxy, "haproxy splice": HaProxySplice,
         "squid": Squid, "trafficserver": TrafficServer, "tinyproxy": TinyProxy}  # fmt: skip
