"""From a table of numbers and categories to arrays; exported scripts show the source of these functions."""

import numpy as np

# Bare signatures, because exported scripts show them; see `synthetic.py`.
# mypy: disable-error-code="no-untyped-def"


def category_levels(frame, train, categories):
    """The values of each category column in the training rows, the 50 most frequent; gaps are "missing"."""
    levels = {}
    for name in categories:
        counts = frame[name].iloc[train].astype(object).fillna("missing").astype(str).value_counts()
        levels[name] = sorted(counts.index[:50])
    return levels


def encode(frame, train, numbers, levels):
    """Features, float64 [rows, features]: the number columns, then one column of 0 and 1 per level.

    A missing number becomes the median of the training rows; beyond ±1e30 counts as missing.
    """
    columns = []
    for name in numbers:
        values = frame[name].to_numpy(np.float64, na_value=np.nan)
        values = np.where(np.abs(values) < 1e30, values, np.nan)
        known = values[train][~np.isnan(values[train])]
        columns.append(np.where(np.isnan(values), np.median(known) if len(known) else 0, values))
    for name in levels:
        values = frame[name].astype(object).fillna("missing").astype(str)
        columns += [values == level for level in levels[name]]
    return np.stack(columns, axis=1).astype(np.float64)


def class_indices(labels, classes):
    """The position of each label in `classes`, int64."""
    position = {name: i for i, name in enumerate(classes)}
    return np.array([position[label] for label in labels], dtype=np.int64)
