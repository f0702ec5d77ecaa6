-- wrk as the client of a forward proxy: every request is the same, its target in absolute form, its head in
-- this order. Arguments behind "--": the URL, the host, a head ("plain" or "browser"), a Cookie or "". What
-- measure wants to know is printed as one line.

local browser = table.concat({
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36",
  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
  "Accept-Encoding: gzip, deflate",
  "Accept-Language: en-GB,en-US;q=0.9,en;q=0.8",
}, "\r\n") .. "\r\n"

function init(arguments)
  local url, host, head, cookie = arguments[1], arguments[2], arguments[3], arguments[4] or ""
  local lines = "GET " .. url .. " HTTP/1.1\r\nHost: " .. host .. "\r\n"
  if head == "browser" then
    lines = lines .. "Proxy-Connection: keep-alive\r\nUpgrade-Insecure-Requests: 1\r\n" .. browser
  end
  if cookie ~= "" then
    lines = lines .. "Cookie: " .. cookie .. "\r\n"
  end
  lines = lines .. "\r\n"
  wrk.format = function() return lines end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("result %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
