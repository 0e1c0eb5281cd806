"""How a CSV file is written, found out from its bytes: encoding, separator, decimal mark, header.

What is found is expressed as arguments of `pandas.read_csv`, so that the page and an exported script
read the same table with the same call. Raises DataError for what is no table, saying what it is.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from playground.data.errors import DataError

MAX_ROWS = 100_000
MAX_COLUMNS = 1_000
MAX_NAME = 200
SEPARATORS = ",;\t|"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
COMMA_NUMBER = re.compile(r"[+-]?\d+,\d+")
YEAR = re.compile(r"(19|20)\d\d")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
WHERE = "data/csv"
DEFAULTS = (("sep", ","), ("encoding", "utf-8"))
Options = dict[str, Any]


def read_options(raw: bytes) -> tuple[Options, list[str]]:
    """Arguments for `pandas.read_csv`, and what had to be decided or left out, in words."""
    encoding, text = decode(raw)
    separator = find_separator(text)
    rows = _rows(text, separator)
    try:
        first = next(rows, [])
        sample = list(islice(rows, 200))
        lengths = Counter(map(len, sample))
        lengths.update(len(row) for row in rows)
    except csv.Error as error:
        raise DataError(WHERE, f"The file is no CSV: {error}") from None
    header = is_header(first)
    options: Options = {"sep": separator, "encoding": encoding}
    notes = []
    if not header:
        options |= {"header": None, "names": [f"column {i}" for i in range(1, len(first) + 1)]}
        notes.append("The first line holds values, not names, so the columns are numbered.")
        sample.append(first)
        lengths[len(first)] += 1
    _check_size(first, sample, lengths, header)
    if too_long := sum(n for length, n in lengths.items() if length > len(first)):
        options["on_bad_lines"] = "skip"
        notes.append(f"{rows_are(too_long)} left out: more values than there are columns.")
    if too_short := sum(n for length, n in lengths.items() if length < len(first)):
        notes.append(f"{rows_are(too_short)} shorter than the header: what is not there counts as missing.")
    if lengths.total() - too_long > MAX_ROWS:
        options["nrows"] = MAX_ROWS
        notes.append(f"Only the first {MAX_ROWS:,} of {lengths.total():,} rows are used.")
    if header and (twice := [name for name, n in Counter(first).items() if n > 1 and name]):
        notes.append(f"The column {twice[0]!r} comes more than once: its copies are numbered.")
    if encoding == "cp1252":
        notes.append("The file is not UTF-8; it is read as Windows-1252.")
    if separator == ";" and any(COMMA_NUMBER.fullmatch(cell.strip()) for row in sample for cell in row):
        options["decimal"] = ","
        notes.append("Numbers are written with a decimal comma.")
    if len(raw) > 100_000:
        options["low_memory"] = False  # in pieces, pandas guesses a column's type anew for each
    if any(cell.strip() == "?" for row in sample for cell in row):
        options["na_values"] = ["?"]
    if any(cell.startswith(" ") for row in [first, *sample] for cell in row):
        options["skipinitialspace"] = True
    return {name: value for name, value in options.items() if (name, value) not in DEFAULTS}, notes


def decode(raw: bytes) -> tuple[str, str]:
    """The name of the encoding and the text. Raises DataError for what is not text, or another format."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif raw.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    else:
        encoding = "utf-8"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        encoding, text = "cp1252", raw.decode("cp1252", errors="replace")
    start = text[:10_000]
    if not text.strip():
        raise DataError(WHERE, "The file is empty")
    if "\x00" in text or len(CONTROL.findall(start)) > len(start) / 100:
        raise DataError(WHERE, "The file is not text", "save it as CSV (a spreadsheet can)")
    kind = {"<": "HTML or XML", "{": "JSON", "[": "JSON"}.get(start.lstrip()[0])
    if kind is not None:
        raise DataError(WHERE, f"The file looks like {kind}, not like CSV", "save it as CSV")
    return encoding, text


def find_separator(text: str) -> str:
    """The separator with which most of the first lines have the same number of values, more than one."""

    def consistency(separator: str) -> tuple[float, int]:
        try:
            lengths = Counter(len(row) for row in islice(_rows(text, separator), 100))
        except csv.Error:
            return 0.0, 0
        (length, times), *_ = lengths.most_common(1) or [(0, 0)]
        return (times / lengths.total(), length) if length > 1 else (0.0, 0)

    best = max(SEPARATORS, key=consistency)
    share, length = consistency(best)
    if length < 2 or share < 0.5:
        message = "No separator makes columns of this file (comma, semicolon, tab and | were tried)"
        raise DataError(WHERE, message, "at least two are needed, in rows of equal length")
    return best


def is_header(first: list[str]) -> bool:
    """Whether the first row holds names: no number in it, years aside."""
    cells = [cell.strip() for cell in first]
    return not any(NUMBER.fullmatch(cell) and not YEAR.fullmatch(cell) for cell in cells)


def _check_size(first: list[str], sample: list[list[str]], lengths: Counter[int], header: bool) -> None:
    if len(first) > MAX_COLUMNS:
        message = f"The file has {len(first):,} columns; at most {MAX_COLUMNS:,} are possible here"
        raise DataError(WHERE, message)
    if lengths.total() < 4:
        names = " under the header" if header else ""
        raise DataError(WHERE, f"The file has {lengths.total()} rows{names}: too few to learn from")
    if header and (longest := max(first, key=len)) and len(longest) > MAX_NAME:
        message = f"A column name has {len(longest):,} characters, so the first line is no header"
        raise DataError(WHERE, message, f"names may have {MAX_NAME}")
    if lengths[len(first)] < lengths.total() / 2 or len(sample[0]) > len(first):
        message = f"The first line has {len(first)} values, and the lines after it have not"
        raise DataError(WHERE, message, "every row needs a value for every column")


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    """The rows that are not blank."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return (row for row in rows if row)


def rows_are(n: int) -> str:
    """`1 row is`, `2,000 rows are`: the beginning of a note."""
    return "1 row is" if n == 1 else f"{n:,} rows are"
