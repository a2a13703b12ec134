"""What is to be reached, as ratios of medians within one row."""
from dataclasses import dataclass

JAVA = 'the best Java peer'
WHAT = {'cpu': 'CPU/request', 'rate': 'requests/s', 'p99': 'p99', 'heap': 'heap for an idle connection'}


@dataclass
class Target:
    """`of`'s figure over `to`'s. `to` is a name, several (the best of them; with `slowest` the worst), or JAVA.
    Without a bound it is said and not judged."""
    figure: str             # cpu, rate, p99 or heap (for each idle connection)
    of: str
    to: object
    at_most: float = None
    at_least: float = None
    slowest: bool = False

    def line(self, results, absent):
        """The verdict. It names those of the others that it is without."""
        without = ''.join('; without %s: %s' % (server.name, why) for server, why in absent if self.compares(server))
        return self.verdict(results) + without

    def verdict(self, results):
        mine = results.get(self.of)
        others = [result for result in results.values() if self.compares(result.server)]
        if mine is None or not others:
            return '- not judged: %s' % self.text('; there is nothing to compare with' if mine else '; %s is missing' % self.of)
        if any(result.figure(self.figure) is None for result in [mine, *others]):
            return '- not judged: %s' % self.text('; it could not be measured')
        other = self.choose(others)
        ratio = mine.figure(self.figure) / max(1e-9, other.figure(self.figure))
        if self.at_most is None and self.at_least is None:
            return '- besides: %s is **%.2f** (%s)' % (self.text(), ratio, other.server.name)
        met = ratio <= self.at_most if self.at_most is not None else ratio >= self.at_least
        return '- %s: %s is **%.2f** (%s)' % ('met' if met else '**missed**', self.text(), ratio, other.server.name)

    def compares(self, server):
        if self.to == JAVA:
            return server.java
        return server.name in ([self.to] if isinstance(self.to, str) else self.to)

    def choose(self, others):
        high = (self.figure == 'rate') != self.slowest
        return (max if high else min)(others, key=lambda result: result.figure(self.figure))

    def text(self, more=''):
        names = self.to if isinstance(self.to, str) else ('the slowest of ' if self.slowest else 'the best of ') + ', '.join(self.to)
        compared = '%s of %s over %s' % (WHAT[self.figure], self.of, names)
        if self.at_most is None and self.at_least is None:
            return compared + more
        bound = '≤ %.2f' % self.at_most if self.at_most is not None else '≥ %.2f' % self.at_least
        return '%s, to be %s%s' % (compared, bound, more)


@dataclass
class Bound:
    """A figure by itself, whatever the others do."""
    figure: str
    of: str
    unit: str
    at_most: float = None
    at_least: float = None

    def line(self, results, absent):
        mine = results.get(self.of)
        if mine is None:
            return '- not judged: %s is missing' % self.of
        reached = mine.figure(self.figure)
        if reached is None:
            return '- not judged: %s of %s could not be measured' % (WHAT[self.figure], self.of)
        met = reached <= self.at_most if self.at_most is not None else reached >= self.at_least
        bound = '≤ %g' % self.at_most if self.at_most is not None else '≥ %g' % self.at_least
        return '- %s: %s of %s, to be %s %s, is **%.2f**' % (
            'met' if met else '**missed**', WHAT[self.figure], self.of, bound, self.unit, reached)
