"""The figures as Markdown."""
from . import machine


def heading(options, words):
    command = 'bench/run ' + ' '.join(words)
    lines = ['# Results', '', *('- ' + line for line in machine.description()), '- command: `%s`' % command,
             '- %d interleaved rounds of %g s, after %g s of warm-up for each server, longer where it says so; all figures are medians' % (
                 options.rounds, options.seconds, options.warm), '', '']
    return '\n'.join(lines)


def table(row, results, skipped, options):
    lines = ['## %d. %s (`%s`)' % (row.work, row.what, row.name), '']
    if results:
        lines += ['Load: %s%s' % (row.load.text(), lasting(row, options)), '', *measured(results), '']
    lines += notes(results, skipped)
    judged = {name: result for name, result in results.items() if result.counts}
    complete = not options.only
    absent = left_out(row, results, judged, skipped)
    lines += [target.line(judged, absent) for target in row.targets if judged and (complete or target.of in judged)]
    return '\n'.join(lines) + '\n\n'


def lasting(row, options):
    """How long a row is loaded, where that is not as the heading says."""
    warm, seconds = row.warm_up(options), row.seconds(options)
    if (warm, seconds) == (options.warm, options.seconds):
        return ''
    return '; rounds of %g s, after %g s of warm-up' % (seconds, warm)


def left_out(row, results, judged, skipped):
    """Servers that no target is judged by, and why."""
    why = {name: 'skipped' for name, _ in skipped}
    why.update((name, 'its figures do not count') for name in results if name not in judged)
    return [(server, why.get(server.name, 'not chosen')) for server in row.contestants if server.name not in judged]


def measured(results):
    first = next(iter(results.values()))
    lines = [
        '| server | requests/s | × | CPU µs/request | min–max | × | p50 ms | p99 ms | p99.9 ms | peak MiB |',
        '|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|']
    for result in results.values():
        rate, cpu, (low, high) = result.figure('rate'), result.figure('cpu'), result.scatter()
        lines.append('| %s | %s | %.2f | %.2f | %.2f–%.2f | %.2f | %s | %s | %s | %.0f |' % (
            result.server.name, '{:,.0f}'.format(rate), over(rate, first.figure('rate')), cpu, low, high, over(cpu, first.figure('cpu')),
            *(millis(result.figure(name)) for name in ('p50', 'p99', 'p999')), result.peak))
    return lines + ['', '× is the ratio to %s.' % first.server.name]


def over(figure, other):
    return figure / other if other else float('nan')


def millis(micros):
    return '–' if micros < 0 else '%.2f' % (micros / 1e3)


def notes(results, skipped):
    lines = ['- %s: %s' % (result.server.name, note) for result in results.values() for note in result.server.notes]
    lines += ['- %s: %d errors in all%s' % (result.server.name, result.errors, '' if result.counts else '; **its figures do not count**')
              for result in results.values() if result.errors or not result.counts]
    lines += ['- skipped: %s: %s' % pair for pair in skipped]
    return lines


def plain(row, columns, rows, lines):
    """A table of what is not requests."""
    text = ['## %d. %s (`%s`)' % (row.work, row.what, row.name), '']
    if rows:
        text += ['| %s |' % ' | '.join(columns), '|%s|' % '|'.join(['---'] + ['---:'] * (len(columns) - 1))]
        text += ['| %s |' % ' | '.join(cells) for cells in rows] + ['']
    return '\n'.join(text + ['- ' + line for line in lines]) + '\n\n'
