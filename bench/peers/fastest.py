"""Picks the fastest of several ways to do the same work: a tuned peer is the best of a real try."""

import sys
import time

WARM_UP, TRIALS = 3, 5


def fastest(ways, gives_figure=False):
    """ways: {name: function that makes the work's sample}. Returns (name, sample, what each took in ms or why not).

    A sample that gives a figure itself is a process of its own: nothing to warm up, and dear, so each way is tried twice.
    """
    if gives_figure:
        tried = {name: round(min(sample(), sample()), 2) for name, sample in ((name, make()) for name, make in ways.items())}
        best = min(tried, key=tried.get)
        return best, ways[best](), tried
    if len(ways) == 1:
        ((name, make),) = ways.items()
        sample = make()
        for _ in range(WARM_UP):
            sample()
        return name, sample, {}
    best, tried = None, {}
    for name, make in ways.items():
        try:
            sample = make()
            for _ in range(WARM_UP):
                sample()
            times = []
            for _ in range(TRIALS):
                start = time.perf_counter()
                sample()
                times.append((time.perf_counter() - start) * 1e3)
        except Exception as error:  # a compiler that is absent, an op that it cannot compile: said, not hidden
            tried[name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0][:200] if str(error) else ''}"
        else:
            tried[name] = round(min(times), 2)
            if best is None or min(times) < best[0]:
                best = (min(times), name, sample)
        print(f"  pytorch-tuned: {name}: {tried[name]}", file=sys.stderr, flush=True)
    if best is None:
        raise RuntimeError(f"no way works: {tried}")
    return best[1], best[2], tried
