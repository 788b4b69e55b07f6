#!/usr/bin/env python3
"""Opens exported files by programs nobody here wrote, and compares their rows with those that were meant.

    tests/interop.py FOLDER [--venv DIR]

FOLDER holds, for each export, a file NAME and NAME.expected.json:
{"format": "csv|json|parquet", "compression": "none|gzip|bzip2|lz4|snappy|deflate",
 "csv": {"sep": ",", "quote": "\\"", "escape": "\\\\", "header": true, "null": "NULL"},
 "columns": ["id", ...], "rows": [["1", null, ...], ...]}
Cells of CSV are compared as text, those of JSON and Parquet by value. Every file is opened by each program that can:
DuckDB, pandas, pyarrow, Spark, and the commands gzip and bzip2. Exit: 0 all agree, 1 some do not, 2 something is missing.
"""

import argparse
import bz2
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

PACKAGES = ["duckdb", "pandas", "pyarrow", "pyspark==3.5.*"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--venv", type=Path, default=Path.home() / ".cache" / "destspec-interop")
    arguments = parser.parse_args()
    prepare(arguments.venv)
    found = sorted(arguments.folder.glob("**/*.expected.json"))
    if not found:
        missing(f"no *.expected.json in {arguments.folder}")
    spark = session()
    bad = opened = 0
    for path in found:
        export = json.loads(path.read_text())
        data = path.with_name(path.name.removesuffix(".expected.json"))
        for program, read in readers(export, data, spark):
            opened += 1
            try:
                rows = read()
                wrong = None if rows == export["rows"] else difference(export["rows"], rows)
            except Exception as error:  # a program that cannot open the file is what this looks for
                wrong = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            bad += wrong is not None
            print(f"{'differs' if wrong else 'same   '}  {program:16} {data.name}{': ' + wrong if wrong else ''}", flush=True)
    print(f"{opened - bad} of {opened} readings agree, {len(found)} files")
    return 1 if bad or not opened else 0


def missing(line):
    print(f"interop: {line}", file=sys.stderr)
    sys.exit(2)


def prepare(venv):
    """Runs again inside of a virtual environment that holds the packages."""
    python = venv / "bin" / "python"
    if Path(sys.prefix).resolve() == venv.resolve():
        return
    if not python.exists() and subprocess.call([sys.executable, "-m", "venv", venv]):
        missing(f"cannot make a virtual environment at {venv}")
    probe = [python, "-c", "import duckdb, pandas, pyarrow, pyspark"]
    if subprocess.call(probe, stderr=subprocess.DEVNULL) and subprocess.call([python, "-m", "pip", "install", "-q", *PACKAGES]):
        missing(f"cannot install {', '.join(PACKAGES)}")
    sys.exit(subprocess.call([python, __file__, *sys.argv[1:]]))


def session():
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
    spark = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


def readers(export, data, spark):
    """Each program that can open the file, with what reads its rows."""
    form, packing = export["format"], export["compression"]
    if form == "parquet":
        yield "pyarrow", lambda: by_pyarrow(data)
        yield "duckdb", lambda: by_duckdb(f"select * from read_parquet('{data}')")
        yield "pandas", lambda: by_pandas(data)
        yield "spark", lambda: rows_of_spark(spark.read.parquet(str(data)))
        return
    if packing in ("gzip", "bzip2"):
        unpack = gzip.decompress if packing == "gzip" else bz2.decompress
        command = [packing, "-dc"]
        yield packing, lambda: same_bytes(command, data, unpack, export)
    if form == "json":
        yield "spark", lambda: rows_of_spark(spark.read.json(str(data)).select(*[f"`{name}`" for name in export["columns"]]))
        if packing in ("none", "gzip"):
            yield "duckdb", lambda: by_duckdb(f"select * from read_json('{data}', format='newline_delimited')")
        return
    options = export["csv"]
    schema = ", ".join(f"`{name}` string" for name in export["columns"])
    keys = {"sep": options["sep"], "quote": options["quote"], "escape": options["escape"], "header": str(options["header"]).lower(), "nullValue": options["null"], "multiLine": "true"}
    yield "spark", lambda: rows_of_spark(spark.read.options(**keys).schema(schema).csv(str(data)))
    # pandas takes an escape for one outside of quotes too, where Spark writes it bare
    if packing in ("none", "gzip", "bzip2") and options["escape"] == options["quote"]:
        yield "pandas", lambda: csv_by_pandas(data, options, packing)
    if packing in ("none", "gzip"):
        yield "duckdb", lambda: csv_by_duckdb(data, options, export["columns"])


def same_bytes(command, data, unpack, export):
    """The command's own opinion of the file: it must give what the library gives, to the last byte."""
    ran = subprocess.run([*command, data], capture_output=True, check=True)
    if ran.stdout != unpack(data.read_bytes()):
        raise ValueError("the command gives other bytes than the library")
    return export["rows"]


def value(cell):
    """A cell as JSON would hold it."""
    if cell is None or isinstance(cell, (bool, int, str)):
        return cell
    if isinstance(cell, float):
        return None if cell != cell else cell
    if isinstance(cell, dict):
        return {key: value(item) for key, item in cell.items()}
    if hasattr(cell, "tolist"):
        return value(cell.tolist())
    if isinstance(cell, (list, tuple)):
        return [value(item) for item in cell]
    return str(cell)


def by_pyarrow(data):
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(data, coerce_int96_timestamp_unit="us")
    return [[value(cell) for cell in row.values()] for row in table.to_pylist()]


def by_pandas(data):
    import pandas

    frame = pandas.read_parquet(data, dtype_backend="pyarrow", coerce_int96_timestamp_unit="us")
    rows = frame.astype(object).where(frame.notna(), None).values.tolist()
    return [[value(cell) for cell in row] for row in rows]


def by_duckdb(query):
    import duckdb

    return [[value(cell) for cell in row] for row in duckdb.sql(query).fetchall()]


def rows_of_spark(frame):
    return [[value(cell.asDict(True) if hasattr(cell, "asDict") else cell) for cell in row] for row in frame.collect()]


def csv_by_pandas(data, options, packing):
    import pandas

    doubled = options["quote"] == options["escape"]
    frame = pandas.read_csv(data, sep=options["sep"], quotechar=options["quote"], doublequote=doubled, escapechar=None if doubled else options["escape"], header=0 if options["header"] else None, dtype=str, keep_default_na=False, na_values=[options["null"]], compression={"none": None, "gzip": "gzip", "bzip2": "bz2"}[packing], engine="c", lineterminator="\n")
    return [[value(cell) for cell in row] for row in frame.astype(object).where(frame.notna(), None).values.tolist()]


def csv_by_duckdb(data, options, columns):
    import duckdb

    text = lambda raw: "'" + raw.replace("'", "''") + "'"
    types = "{" + ", ".join(f"{text(name)}: 'VARCHAR'" for name in columns) + "}"
    chosen = f"delim={text(options['sep'])}, quote={text(options['quote'])}, escape={text(options['escape'])}, header={options['header']}, nullstr={text(options['null'])}"
    frame = duckdb.sql(f"select * from read_csv({text(str(data))}, {chosen}, columns={types}, auto_detect=false)")
    return [[value(cell) for cell in row] for row in frame.fetchall()]


def difference(expected, received):
    if len(expected) != len(received):
        return f"expected {len(expected)} rows, received {len(received)}"
    at = next(i for i, (a, b) in enumerate(zip(expected, received)) if a != b)
    return f"row {at}: expected {expected[at]}, received {received[at]}"[:300]


if __name__ == "__main__":
    sys.exit(main())
