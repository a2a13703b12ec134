"""A row: servers that are kept running side by side, and loaded in turn."""
import subprocess
from dataclasses import dataclass
from statistics import median

from . import machine, report
from .loads import measured

FAILURES = (machine.Missing, subprocess.SubprocessError, OSError)   # of one server: the others go on


class Result:
    """What the rounds of one server gave."""

    def __init__(self, server):
        self.server = server
        self.samples = []
        self.peak = 0

    def figure(self, name):
        """The median of a figure; of `heap` the only one there is. None when it was not measured."""
        if name == 'heap':
            return self.server.idle_heap
        pick = dict(cpu=lambda s: s.cpu_each, rate=lambda s: s.rate, p50=lambda s: s.p50, p99=lambda s: s.p99, p999=lambda s: s.p999)[name]
        return median(pick(sample) for sample in self.samples)

    def scatter(self):
        each = [sample.cpu_each for sample in self.samples]
        return min(each), max(each)

    @property
    def errors(self):
        return sum(sample.errors for sample in self.samples)

    @property
    def counts(self):
        """Whether the figures mean something: every round was served, hardly a request failed, and the idle connections were there."""
        served = all(sample.requests > 0 for sample in self.samples)
        return self.server.all_stayed and served and self.errors * 1_000 <= sum(s.requests for s in self.samples)


@dataclass
class Row:
    work: int
    name: str
    what: str
    contestants: list
    load: object
    targets: tuple = ()
    warm: float = 1       # how many times as long as others it is warmed up
    at_least: float = 0   # seconds that a round takes, however short those of other rows are

    def measure(self, options):
        """Gives the Markdown of this row."""
        machine.say('== %s: %s' % (self.name, self.what))
        skipped, running = [], []
        try:
            self.start(options, skipped, running)
            results = self.rounds(options, skipped, running)
        finally:
            for server in running:
                server.stop()
        return report.table(self, results, skipped, options)

    def warm_up(self, options):
        return self.warm * options.warm

    def seconds(self, options):
        return max(self.at_least, options.seconds)

    def start(self, options, skipped, running):
        for server in self.contestants:
            if options.only and options.only not in server.name:
                continue
            try:
                server.start()
                running.append(server)
                self.load.warm(server, self.warm_up(options))
            except FAILURES as failure:
                self.skip(server, failure, skipped, running)

    @staticmethod
    def skip(server, failure, skipped, running):
        machine.say('   skipped: %s: %s' % (server.name, failure))
        skipped.append((server.name, failure))
        if server in running:
            running.remove(server)
            server.stop()

    def rounds(self, options, skipped, running):
        results = {server.name: Result(server) for server in running}
        for number in range(options.rounds):
            # Each round begins with another server, so that none always follows the same one.
            shift = number % max(1, len(running))
            for server in running[shift:] + running[:shift]:
                try:
                    sample = measured(server, self.load, self.seconds(options))
                except FAILURES as failure:
                    results.pop(server.name)
                    self.skip(server, failure, skipped, running)
                    continue
                results[server.name].samples.append(sample)
                machine.say('   round %d  %-28s %9.0f /s %8.2f µs' % (number + 1, server.name, sample.rate, sample.cpu_each))
        for result in results.values():
            result.peak = result.server.memory('VmHWM')
            result.server.close_idle()
        return results
