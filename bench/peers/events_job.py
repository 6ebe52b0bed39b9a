"""The preprocessing job in polars: from a Parquet file of events to clean, split sequences with features. One process, one job.

    python bench/peers/events_job.py FILE KEYS ENGINE

KEYS says how events are sorted: `columns` (by user, item and behaviour), `packed` (the three in one integer) or `ordered` (packed; a
log that is in the order of time is sorted by that integer alone, stably). ENGINE is `in-memory` or `streaming`.
It prints what bench/ours/events-job.mjs prints; the number of threads is POLARS_MAX_THREADS.
"""

import json
import resource
import sys
import time

import numpy as np
import polars as pl

FIRST_MS, DAY_MS, MINUTE_MS = 1_698_796_800_000, 86_400_000, 60_000
LAST_MS = FIRST_MS + 60 * DAY_MS
CUTS = FIRST_MS + 48 * DAY_MS, FIRST_MS + 54 * DAY_MS
WORDS = ["click", "cart", "favorite", "purchase"]
C = pl.col
TIME = C("time_ms")
IDS = ["user_id", "item_id", "behavior"]


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def job(path, keys, engine):
    def collect(frame):
        return frame.collect(engine=engine)

    source = pl.scan_parquet(path, row_index_name="row").with_columns(C("behavior").cast(pl.Enum(WORDS)))
    is_possible = TIME.is_between(FIRST_MS, LAST_MS)
    # The streaming engine reads a file in less time and memory, whichever engine does the rest.
    report = source.select(
        rowsIn=pl.len(),
        usersIn=C("user_id").n_unique(),
        itemsIn=C("item_id").n_unique(),
        largestUser=C("user_id").max(),
        largestItem=C("item_id").max(),
        impossible=(~is_possible).sum(),
        impossibleFirst=C("row").filter(~is_possible).min(),
    ).collect(engine="streaming").row(0, named=True)
    events = source.filter(is_possible)

    gap = TIME - TIME.shift(1)
    if keys == "columns":
        is_same = pl.all_horizontal(C(name) == C(name).shift(1) for name in IDS)
        is_click = C("behavior") == "click"
        frame = events.collect(engine="streaming").lazy().sort(*IDS, "time_ms", "row")
    else:
        # Non-negative ids: two bits for the behaviour, what the largest item needs, the rest for the user.
        bits = 2 + int(report["largestItem"]).bit_length()
        assert bits + int(report["largestUser"]).bit_length() < 63, "the ids are too large to be packed"
        key = C("user_id").cast(pl.Int64) * (1 << bits) + C("item_id").cast(pl.Int64) * 4 + C("behavior").to_physical()
        is_same = C("key") == C("key").shift(1)
        is_click = C("key") % 4 == 0
        unpacked = {
            "user_id": (C("key") // (1 << bits)).cast(pl.Int32),
            "item_id": (C("key") // 4 % (1 << (bits - 2))).cast(pl.Int32),
            "behavior": (C("key") % 4).cast(pl.UInt8),
        }
        packed = events.select("row", "time_ms", key=key).collect(engine="streaming")
        is_ordered = keys == "ordered" and packed["time_ms"].is_sorted()
        frame = packed.lazy().sort("key", maintain_order=True) if is_ordered else packed.lazy().sort("key", "time_ms", "row")
        if not is_ordered:
            del packed
    rule = pl.when(is_same & (gap == 0)).then(1).when(is_same & is_click & (gap <= 30 * MINUTE_MS)).then(2).otherwise(0)
    frame = collect(frame)
    frame = collect(frame.lazy().with_columns(rule=rule.fill_null(0).cast(pl.UInt8)))
    dropped = frame.group_by("rule").agg(pl.len().alias("rows"), C("row").min().alias("first"))
    dropped = {rule: (rows, first) for rule, rows, first in dropped.rows()}
    if keys == "columns":
        frame = collect(frame.lazy().filter(C("rule") == 0).drop("rule"))
    elif is_ordered:
        # Back in the order of the log, in which a stable sort by user is one by user and time.
        gone = frame["row"].filter(frame["rule"] > 0).to_numpy()
        del frame
        is_kept = np.ones(report["rowsIn"], dtype=bool)
        is_kept[gone] = False
        frame = collect(packed.lazy().filter(pl.Series(is_kept[packed["row"].to_numpy()])).select("row", "time_ms", **unpacked))
        del packed
    else:
        frame = collect(frame.lazy().filter(C("rule") == 0).select("row", "time_ms", **unpacked))

    gone, left = outside_core(frame, collect)
    lost = {}
    for key in ("item_id", "user_id"):
        is_rare = C(key).is_in(gone[key].implode())
        rare = collect(frame.lazy().filter(is_rare).select(rows=pl.len(), first=C("row").min()))
        lost[key] = rare.row(0)
        frame = collect(frame.lazy().filter(~is_rare))

    users = collect(frame.lazy().group_by("user_id").agg(first=C("row").min()).sort("first").select("user_id"))
    items = collect(left["item_id"].lazy().select(C("item_id").sort()))
    frame = collect(
        frame.lazy()
        .join(users.with_row_index("user").lazy(), on="user_id", how="left", maintain_order="left")
        .join(items.with_row_index("item", offset=1).lazy(), on="item_id", how="left", maintain_order="left")
        .select("user", "item", "behavior", "row", "time_ms")
    )
    is_stable = keys == "ordered" and is_ordered
    frame = frame.lazy().sort("user", maintain_order=True) if is_stable else frame.lazy().sort("user", "time_ms", "row")
    frame = collect(frame)

    of_user = collect(
        frame.lazy()
        .group_by("user", maintain_order=True)
        .agg(events=pl.len(), train=(TIME < CUTS[0]).sum(), validation=(TIME < CUTS[1]).sum())
    )
    offsets = np.zeros(len(users) + 1, dtype=np.int32)
    np.cumsum(of_user["events"].to_numpy(), out=offsets[1:])
    frame = frame.drop("user")
    is_first = np.zeros(frame.height, dtype=bool)
    is_first[offsets[:-1]] = True
    is_new = pl.lit(pl.Series(is_first))
    local = TIME.cast(pl.Datetime("ms", "UTC")).dt.convert_time_zone("Asia/Shanghai")
    features = collect(
        frame.lazy().select(
            begins=is_new | (gap > 30 * MINUTE_MS),
            gap=pl.when(~is_new).then((gap.cast(pl.Float64) / 1000).log1p().cast(pl.Float32)),
            hour=local.dt.hour(),
            weekday=local.dt.weekday(),
        )
    )
    session_starts = features["begins"].arg_true().to_numpy()
    frequency = np.arange(frame.height, dtype=np.int32)
    frequency -= np.repeat(offsets[:-1], np.diff(offsets))
    return {
        "report": report,
        "dropped": dropped,
        "lost": lost,
        "users": users["user_id"],
        "items": items["item_id"],
        "offsets": offsets,
        "events": frame,
        "features": features,
        "sessionStarts": session_starts,
        "sessionsOfUsers": np.searchsorted(session_starts, offsets),
        "frequency": frequency,
        "trainEnds": offsets[:-1] + of_user["train"].to_numpy(),
        "validationEnds": offsets[:-1] + of_user["validation"].to_numpy(),
    }


def outside_core(frame, collect):
    """Users and items with fewer than five events, again and again; and those left. Only losses are counted after the first count."""
    left = {key: collect(frame.lazy().group_by(key).len()) for key in ("user_id", "item_id")}
    gone = {"user_id": [], "item_id": []}

    def drop(key):
        rare = left[key].filter(C("len") < 5)[key]
        left[key] = left[key].filter(C("len") >= 5)
        gone[key].append(rare)
        return rare

    def take_off(key, other, rare):
        lost = collect(frame.lazy().filter(C(other).is_in(rare.implode())).group_by(key).agg(lost=pl.len()))
        left[key] = left[key].join(lost, on=key, how="left").select(key, len=C("len") - C("lost").fill_null(0))

    while True:
        rare = drop("item_id")
        if len(rare) > 0:
            take_off("user_id", "item_id", rare)
        rare = drop("user_id")
        if len(rare) == 0:
            return {key: pl.concat(parts) for key, parts in gone.items()}, left
        take_off("item_id", "user_id", rare)


def checksum(values):
    """As bench/ours/events-digest.mjs has it."""
    values = np.asarray(values).astype(np.int64)
    weights = np.arange(len(values), dtype=np.int64) % 65_521 + 1
    return int((weights * values % 2_147_483_647).sum() % 2_147_483_647)


def digest(result):
    report, dropped, lost, offsets = (result[name] for name in ("report", "dropped", "lost", "offsets"))
    events, features = result["events"], result["features"]
    ends = offsets[1:]
    gap = features["gap"].drop_nulls().to_numpy().astype(np.float64)
    counted = {
        "impossible time": (report["impossible"], report["impossibleFirst"]),
        "exact duplicate": dropped.get(1, (0, 0)),
        "repeated view": dropped.get(2, (0, 0)),
        "item with fewer than 5 events": lost["item_id"],
        "user with fewer than 5 events": lost["user_id"],
    }
    return {
        **{name: report[name] for name in ("rowsIn", "usersIn", "itemsIn")},
        **{
            name: value
            for reason, (rows, first) in counted.items()
            if rows > 0
            for name, value in ((reason, rows), (f"{reason}, first", first + 1))
        },
        "rowsOut": events.height,
        "usersOut": len(result["users"]),
        "itemsOut": len(result["items"]),
        "sessions": len(result["sessionStarts"]),
        "training": int((result["trainEnds"] - offsets[:-1]).sum()),
        "validation": int((result["validationEnds"] - result["trainEnds"]).sum()),
        "test": int((ends - result["validationEnds"]).sum()),
        "userIds": checksum(result["users"]),
        "itemIds": checksum(result["items"]),
        "offsets": checksum(offsets),
        "items": checksum(events["item"]),
        "behaviors": checksum(events["behavior"].to_physical()),
        "rows": checksum(events["row"].cast(pl.Int64) + 1),
        "times": checksum(events["time_ms"] - FIRST_MS),
        "sessionStarts": checksum(np.append(result["sessionStarts"], events.height)),
        "sessionsOfUsers": checksum(result["sessionsOfUsers"]),
        "hour": checksum(features["hour"]),
        "weekday": checksum(features["weekday"]),
        "frequency": checksum(result["frequency"]),
        "trainEnds": checksum(result["trainEnds"]),
        "validationEnds": checksum(result["validationEnds"]),
        "firstEvents": features["gap"].null_count(),
        "gap": float(gap.sum()),
    }


def main():
    path, keys, engine = sys.argv[1:]
    start, start_cpu = time.perf_counter(), cpu_seconds()
    result = job(path, keys, engine)
    took = {
        "cpu": cpu_seconds() - start_cpu,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "seconds": time.perf_counter() - start,
    }
    versions = {"polars": pl.__version__, "threads": pl.thread_pool_size()}
    print(json.dumps({**took, "versions": versions, "digest": digest(result)}))


main()
