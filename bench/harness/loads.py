"""What the servers are loaded with. Each load gives a Sample, and is bounded in time."""
import os
import re
import socket
import subprocess
import time
from dataclasses import dataclass

from . import machine


@dataclass
class Sample:
    requests: int
    seconds: float
    errors: int
    p50: float      # microseconds; negative when the load does not measure it
    p99: float
    p999: float
    cpu: float = 0  # microseconds of the server in all

    @property
    def rate(self):
        return self.requests / self.seconds

    @property
    def cpu_each(self):
        return self.cpu / max(1, self.requests)


SESSIONS = 3   # of a warm-up


class Load:
    def warm(self, server, seconds):
        """In several sessions: when the first one ends, its connections leave, which no compiled code has seen, and some is thrown away."""
        for length in sessions(seconds):
            self.run(server, length)


def sessions(seconds):
    """Whole seconds, since wrk knows no others, that are as long together; fewer sessions when there are not enough of them."""
    total = max(1, round(seconds))
    ends = [round(total * number / SESSIONS) for number in range(SESSIONS + 1)]
    return [end - begin for begin, end in zip(ends, ends[1:]) if end > begin]


def measured(server, load, seconds):
    """Loads the server, and counts what its process has used meanwhile."""
    before = server.cpu()
    sample = load.run(server, seconds)
    sample.cpu = server.cpu() - before
    return sample


@dataclass
class Wrk(Load):
    connections: int = 64
    pipeline: int = 1
    close: bool = False

    def command(self, server, seconds):
        scheme = 'https' if server.secure else 'http'
        return [machine.tool('wrk'), '-t1', '-c%d' % self.connections, '-d%ds' % max(1, round(seconds)), '--timeout', '10s',
                '-s', os.path.join(machine.BENCH, 'lua', 'load.lua'), '%s://127.0.0.1:%d%s' % (scheme, server.port, server.path)]

    def run(self, server, seconds):
        environment = dict(os.environ, PIPELINE=str(self.pipeline), CLOSE='1' if self.close else '0')
        return sample_of(self.command(server, seconds), seconds, environment)

    def text(self):
        more = (', %d pipelined' % self.pipeline if self.pipeline > 1 else '') + (', Connection: close' if self.close else '')
        return 'wrk -t1 -c%d%s' % (self.connections, more)


@dataclass
class Pipeline(Load):
    """One connection, with so many requests under way."""
    depth: int

    def run(self, server, seconds):
        program = os.path.join(machine.BENCH, 'clients', 'pipeline.py')
        return sample_of([program, str(server.port), str(self.depth), str(seconds)], seconds, None)

    def text(self):
        return 'bench/clients/pipeline.py, one connection, %d requests under way' % self.depth


def sample_of(words, seconds, environment):
    told = subprocess.run(words, capture_output=True, text=True, env=environment, timeout=seconds + 60)
    found = re.search(r'^SAMPLE (.*)$', told.stdout, re.M)
    if not found:
        raise machine.Missing('%s failed: %s' % (words[0], (told.stderr or told.stdout).strip()[-300:]))
    requests, micros, broken, refused, *latencies = (int(word) for word in found.group(1).split())
    return Sample(requests, micros / 1e6, broken + refused, *latencies)


@dataclass
class H2load(Load):
    """Another client than wrk, to see whether the figures are its own."""
    connections: int = 64

    def run(self, server, seconds):
        log = machine.file('h2load.log')
        if os.path.exists(log):
            os.remove(log)
        words = [machine.tool('h2load'), '--h1', '-t1', '-c%d' % self.connections, '-D', str(max(1, round(seconds))),
                 '--log-file', log, 'http://127.0.0.1:%d/' % server.port]
        told = subprocess.run(words, capture_output=True, text=True, timeout=seconds + 60)
        done = re.search(r'(\d+) done, (\d+) succeeded', told.stdout)
        if not done:
            raise machine.Missing('h2load failed: ' + told.stderr.strip()[-300:])
        with open(log) as lines:
            latencies = sorted(int(line.split()[2]) for line in lines)
        count = int(done.group(2))
        return Sample(count, max(1, round(seconds)), int(done.group(1)) - count,
                      *(latencies[min(len(latencies) - 1, int(len(latencies) * part))] for part in (0.5, 0.99, 0.999)))

    def text(self):
        return 'h2load --h1 -t1 -c%d' % self.connections


@dataclass
class RedisBenchmark(Load):
    """One command of redis-benchmark, 50 connections. It counts requests: how many fill the time is known from the run before."""
    command: str
    pipeline: int

    def __post_init__(self):
        self.rates = {}

    def warm(self, server, seconds):
        """In short runs, since a server that is cold says little about how many requests fill the time when it is warm."""
        self.told(server, 'set', 1, 1, 60)   # so that a GET finds something
        self.check(server)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.run(server, 1)

    def run(self, server, seconds):
        sample = self.counted(server, max(20_000, int(self.rates.get(server.name, 0) * seconds)), 10 * seconds + 60)
        self.rates[server.name] = sample.rate
        return sample

    @staticmethod
    def check(server):
        """That the key which redis-benchmark uses has its value: a GET that finds nothing is another work."""
        with socket.create_connection(('127.0.0.1', server.port), 5) as client:
            client.sendall(b'GET key:__rand_int__\r\n')
            said = client.recv(100)
        if not said.startswith(b'$3\r\n'):
            raise machine.Missing('the SET of redis-benchmark left nothing: %r' % said)

    def counted(self, server, count, timeout):
        told = self.told(server, self.command, count, self.pipeline, timeout)
        row = re.search(r'^"%s.*?","([\d.]+)"(.*)$' % self.command.upper(), told.stdout, re.M)
        if not row:
            raise machine.Missing('redis-benchmark failed: ' + (told.stderr or told.stdout).strip()[-300:])
        rate = float(row.group(1))
        latencies = [float(value) * 1e3 for value in re.findall(r'"([\d.]+)"', row.group(2))]  # avg, min, p50, p95, p99, max
        p50, p99 = (latencies[2], latencies[4]) if len(latencies) > 4 else (-1, -1)
        return Sample(count, count / rate, 0, p50, p99, -1)

    def told(self, server, command, count, pipeline, timeout):
        words = [machine.tool('redis-benchmark'), '-p', str(server.port), '-t', command, '-c', '50', '-n', str(count), '-P', str(pipeline),
                 '--csv']
        return subprocess.run(words, capture_output=True, text=True, timeout=timeout)

    def text(self):
        return 'redis-benchmark -t %s -c 50 -P %d' % (self.command, self.pipeline)
