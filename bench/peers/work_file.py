"""Reads the file of weights and inputs that our side writes, so that both sides compute the same."""

import json
import struct

import numpy as np


def read_work(path):
    """Arrays by name, and paths of files. A safetensors file of 32-bit floats; its metadata names the paths, and which are whole numbers."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        numbers = file.read()
    metadata = header.pop("__metadata__", {})
    integers = set(json.loads(metadata.get("integers", "[]")))
    arrays = json.loads(metadata.get("files", "{}"))
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = np.frombuffer(numbers[begin:end], dtype=np.float32).reshape(entry["shape"])
        arrays[name] = values.astype(np.int64) if name in integers else values.copy()
    return arrays
