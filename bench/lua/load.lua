-- Asks for one path over and over. PIPELINE requests leave in one write; with CLOSE=1 each is the last of its connection. Prints one line
-- for bench/run: requests, microseconds, errors, and latencies in microseconds. With pipelining wrk measures a batch, from its first byte
-- sent to its last answer.
local pipeline = tonumber(os.getenv("PIPELINE") or "1")
local batch

init = function()
  if os.getenv("CLOSE") == "1" then
    wrk.headers["Connection"] = "close"
  end
  local requests = {}
  for i = 1, pipeline do
    requests[i] = wrk.format("GET", wrk.path)
  end
  batch = table.concat(requests)
end

request = function()
  return batch
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("SAMPLE %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
