// What the tests look at: a database as days of work leave it. The bundled capture analysed, candidate patterns
// learned from it, one of them accepted and found again by `watch`, a client that keeps no cookies judged by `proxy`.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { program, root, run } from "./harness.mjs";

export const capture = join(root, "samples/office-day.pcap.gz");

// Where the bundled capture has findings that the tests ask for by name.
export const accepted = "openssh-in-connect-4c52";

export async function prepare(folder) {
  const database = join(folder, "mogura.db");
  const patterns = join(folder, "patterns");
  await judge(database);
  run(["analyze", capture, "--db", database, "--learn", patterns]);
  watch({ database, patterns }, accepted);
  return { database, patterns };
}

// A candidate becomes live, and the sensor sees the capture (once more). Gives how many alerts that brought.
export function watch({ database, patterns }, candidate) {
  run(["patterns", "accept", candidate, "--patterns", patterns, "--author", "sato"]);
  return run(["watch", "-r", capture, "--patterns", patterns, "--db", database, "--quiet"]).split("\n").length - 1;
}

// A site that is asked through the proxy by a client that never brings a cookie back.
async function judge(database) {
  const site = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end("<p>A page.</p>"));
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  const child = spawn(
    program,
    ["proxy", "--listen", "127.0.0.1:0", "--allow-destination", "127.0.0.0/8", "--challenge", "observe", "--db", database],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = once(child, "exit");
  const port = await new Promise((ready, failed) => {
    let said = "";
    child.stderr.on("data", (bytes) => {
      said += bytes;
      const found = /listening on 127\.0\.0\.1:(\d+)/.exec(said);
      if (found) ready(Number(found[1]));
    });
    child.on("exit", () => failed(new Error(`the proxy ended: ${said}`)));
  });
  for (let page = 0; page < 6; ++page) await askThrough(port, `http://127.0.0.1:${site.address().port}/${page}`);
  child.kill("SIGTERM");
  await ended;
  site.close();
}

function askThrough(port, path) {
  const headers = { Host: new URL(path).host, "User-Agent": "backdoor/1.0", Connection: "close" };
  return new Promise((done, failed) => {
    request({ port, host: "127.0.0.1", path, headers, agent: false }, (answer) => answer.resume().on("end", done))
      .on("error", failed)
      .end();
  });
}

// Somebody's whois server: says the same about everything. Gives HOST:PORT.
export async function startWhois(text) {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (line) => socket.end(`% asked for ${line.toString().trim()}\r\n${text}`));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return { address: `127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

export const copyOf = ({ database, patterns }, folder) => {
  cpSync(database, join(folder, "mogura.db"));
  cpSync(patterns, join(folder, "patterns"), { recursive: true });
  return { database: join(folder, "mogura.db"), patterns: join(folder, "patterns") };
};
