// Fetches URLs with Node's http and https: PROXY_PORT URL...
const http = require("http");
const https = require("https");
const tls = require("tls");
const [port, ...urls] = process.argv.slice(2);

function take(answer) {
  answer.pipe(process.stdout, {end: false});
  answer.on("end", fetchNext);
}

function fetchInside(url) {
  const tunnel = http.request({host: "127.0.0.1", port, method: "CONNECT", path: url.host, headers: {Host: url.host}});
  tunnel.on("connect", (_, socket) => {
    const agent = new https.Agent();
    agent.createConnection = (options) => tls.connect({...options, socket});
    https.get(url, {agent}, take);
  });
  tunnel.end();
}

function fetchNext() {
  const url = urls.shift();
  if (!url) return;
  if (url.startsWith("https:")) return fetchInside(new URL(url));
  http.get({host: "127.0.0.1", port, path: url, headers: {Host: new URL(url).host}}, take);
}

fetchNext();
