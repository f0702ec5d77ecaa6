// Fetches URLs with Node's fetch (undici): PROXY_PORT URL...
// It knows no proxy by itself, and undici's own ProxyAgent is not within reach: so its agent is told the way here.
const http = require("http");
const tls = require("tls");
const [port, ...urls] = process.argv.slice(2);
const proxy = `http://127.0.0.1:${port}`;

void globalThis.Headers; // loads undici, which makes its agent
void fetch("data:,");
const Agent = globalThis[Symbol.for("undici.globalDispatcher.1")].constructor;

function connectInside({host, servername}, done) {
  const tunnel = http.request({host: "127.0.0.1", port, method: "CONNECT", path: host, headers: {Host: host}});
  tunnel.on("error", done);
  tunnel.on("connect", (_, socket) => {
    const secured = tls.connect({socket, servername: servername || host.replace(/:\d+$/, ""), ALPNProtocols: ["http/1.1"]});
    secured.once("secureConnect", () => done(null, secured)).once("error", done);
  });
  tunnel.end();
}

const inside = new Agent({connect: connectInside});
const plain = new Agent();

const dispatcher = {
  dispatch(options, handler) {
    const origin = new URL(options.origin);
    if (origin.protocol === "https:") return inside.dispatch(options, handler);
    const headers = [...Object.entries({host: origin.host}).flat(), ...pairs(options.headers)];
    return plain.dispatch({...options, origin: proxy, path: origin.origin + options.path, headers}, handler);
  },
};

function pairs(headers) {
  if (Array.isArray(headers)) return headers;
  return [...(headers.entries ? headers.entries() : Object.entries(headers))].flat();
}

(async () => {
  for (const url of urls) process.stdout.write(await (await fetch(url, {dispatcher})).text());
  process.exit(0);
})();
