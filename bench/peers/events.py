"""The preprocessing job in polars, in the ways that it can be done there. Every sample is a process, which measures itself."""

import json
import os
import subprocess
import sys
from importlib.metadata import version

KEYS = "columns", "packed", "ordered"
ENGINES = "in-memory", "streaming"
# Memory that is free goes back to the system at once: more CPU time, less memory.
FRUGAL = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0"}


class EventsWork:
    gives_figure = True
    versions = {"polars": version("polars")}

    def __init__(self, settings, files):
        self.file, self.figure = files["events"], settings["figure"]

    def ways(self, _variant):
        environment = FRUGAL if self.figure == "memory" else {}
        return {
            f"{keys}, {engine}": lambda keys=keys, engine=engine: lambda: self.run(keys, engine, environment)[self.figure]
            for keys in KEYS
            for engine in ENGINES
        }

    def check_ways(self, _variant):
        return {
            f"{keys}, {engine}": lambda keys=keys, engine=engine: lambda: self.run(keys, engine)["digest"]
            for keys in KEYS
            for engine in ENGINES
        }

    def values(self, sample):
        return list(sample().values())

    def run(self, keys, engine, environment=None):
        program = os.path.join(os.path.dirname(__file__), "events_job.py")
        env = {**os.environ, **(environment or {})}
        command = [sys.executable, program, self.file, keys, engine]
        return json.loads(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout)
