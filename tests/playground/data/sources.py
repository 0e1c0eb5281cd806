"""Runs the text that an exported script makes its data with."""

import os
from pathlib import Path

import engine
from engine.utils.data import IterableDataset, get_worker_info
from playground.data.prepare import facts
from playground.data.source import data_source


def run_source(data, target, files, folder: Path | None = None) -> dict:
    """The names that the text leaves, and the text itself as `text`; run inside `folder`."""
    source = data_source(data, facts(data, files), target, files)
    names = {"torch": engine, "IterableDataset": IterableDataset, "get_worker_info": get_worker_info}
    before = Path.cwd()
    os.chdir(folder or before)
    try:
        exec("\n\n\n".join([*source.imports, *source.definitions, source.code]), names)
    finally:
        os.chdir(before)
    return names | {"text": source.code}
