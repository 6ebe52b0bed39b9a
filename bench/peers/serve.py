"""A peer of `npm run bench`: does one work when asked. One JSON object a line, in on stdin, out on stdout.

{"do": "open", "kind", "settings", "variant", "file", "threads", "device", "purpose"} -> {"way", "tried", "versions"}
{"do": "run", "times"} -> {"samples": [...]}, milliseconds unless the work gives figures of its own
{"do": "check"} -> {"values": {way: [...]}}
"""

import json
import os
import sys
import time
import traceback

from fastest import fastest
from work_file import read_work

# Whatever a library prints goes to stderr; answers keep the real stdout.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def open_work(request):
    kind, settings = request["kind"], request["settings"]
    arrays = read_work(request["file"])
    if kind == "kmeans":
        import kmeans

        return kmeans.KmeansWork(settings, arrays)
    if kind == "clustering":
        import clustering

        return clustering.ClusteringWork(settings, arrays)
    if kind == "itemsets":
        import itemsets

        return itemsets.ItemsetsWork(settings, arrays)
    if kind == "bootstrap":
        import bootstrap

        return bootstrap.BootstrapWork(settings, arrays, request["threads"])
    if kind in ("als", "item-knn"):
        import recommendation

        work = {"als": recommendation.AlsWork, "item-knn": recommendation.ItemKnnWork}[kind]
        return work(settings, arrays, request["threads"])
    if kind in ("top-n", "nearest-index"):
        import top_n

        return {"top-n": top_n.TopNWork, "nearest-index": top_n.NearestIndexWork}[kind](settings, arrays)
    if kind == "events":
        import events

        return events.EventsWork(settings, arrays)
    if kind == "ranking-metrics" and request["variant"] == "numpy":
        from ranking_metrics import RankingMetricsWork

        return RankingMetricsWork(settings, arrays, "numpy")
    import torch
    from encoding import EncodingWork
    from ranking import RankingWork
    from ranking_metrics import RankingMetricsWork
    from training import TrainingWork

    torch.manual_seed(0)
    torch.set_num_threads(request["threads"])
    torch.set_num_interop_threads(1)
    tensors = {name: torch.from_numpy(values) for name, values in arrays.items()}
    if request["device"] == "gpu":
        torch.set_default_device("cuda")
        tensors = {name: values.cuda() for name, values in tensors.items()}
    if kind == "ranking-metrics":
        return RankingMetricsWork(settings, tensors, request["variant"])
    if kind in ("click-step", "click-training"):
        import clicks

        return {"click-step": clicks.ClickStepWork, "click-training": clicks.ClickTrainingWork}[kind](settings, tensors)
    return {"training": TrainingWork, "encoding": EncodingWork, "ranking": RankingWork}[kind](settings, tensors)


def check_all(work, variant):
    """What each way computes. A way that cannot run here is left out: `open` says why."""
    found = {}
    ways = work.check_ways if hasattr(work, "check_ways") else work.ways
    for name, make in ways(variant).items():
        try:
            found[name] = work.values(make())
        except Exception as error:
            print(f"  {name}: {error}", file=sys.stderr)
    return found


def versions(work):
    loaded = {"python": sys.version.split()[0], **getattr(work, "versions", {})}
    if "torch" in sys.modules and sys.modules["torch"].get_default_device().type == "cuda":
        loaded["gpu"] = sys.modules["torch"].cuda.get_device_name(0)
    for name in ("torch", "sklearn", "numpy", "scipy", "polars"):
        if name in sys.modules:
            loaded[name] = sys.modules[name].__version__
    return loaded


def gives_figure(work):
    return getattr(work, "gives_figure", False)


def take(work, sample, times):
    if gives_figure(work):
        return [sample() for _ in range(times)]
    milliseconds = []
    for _ in range(times):
        start = time.perf_counter()
        sample()
        milliseconds.append((time.perf_counter() - start) * 1e3)
    return milliseconds


def answer_to(request, state):
    if request["do"] == "open":
        state["variant"] = request["variant"]
        state["work"] = open_work(request)
        if request["purpose"] == "check":
            return {"way": "all", "tried": {}, "versions": versions(state["work"])}
        work = state["work"]
        way, state["sample"], tried = fastest(work.ways(request["variant"]), gives_figure(work))
        return {"way": way, "tried": tried, "versions": versions(work)}
    if request["do"] == "run":
        return {"samples": take(state["work"], state["sample"], request["times"])}
    if request["do"] == "check":
        return {"values": check_all(state["work"], state["variant"])}
    raise ValueError(f"unknown request {request['do']!r}")


def main():
    state = {}
    for line in sys.stdin:
        try:
            answer = answer_to(json.loads(line), state)
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), file=answers, flush=True)


main()
