// Fetches URLs with Node's http: PROXY_PORT URL...
const http = require("http");
const [port, ...urls] = process.argv.slice(2);

function fetchNext() {
  const url = urls.shift();
  if (!url) return;
  const options = {host: "127.0.0.1", port, path: url, headers: {Host: new URL(url).host}};
  http.get(options, (answer) => {
    answer.pipe(process.stdout, {end: false});
    answer.on("end", fetchNext);
  });
}

fetchNext();
