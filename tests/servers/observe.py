"""What pandas understands of the files in a folder, as a command of [destination.observe.ingestion] has to say it.

    observe.py SERVER ROOT FOLDER

SERVER is the JSON of the destination server, whose `fileConfigurations` say how the files are written; FOLDER lies below
ROOT. Writes a JSON object a line for every row. Exit: 0, 75 while there are no files, 65 where they cannot be read.
"""

import json
import sys
from pathlib import Path

import pandas

# What a file without a header holds, in the order of the mapping.
COLUMNS = ["firstName", "lastName", "city", "Email"]
NOT_YET, UNREADABLE = 75, 65


def table(path, options):
    """Every cell as text; nothing is guessed. A missing value is what the configuration says, quoted or not."""
    return pandas.read_csv(
        path,
        sep=options["delimiter"],
        quotechar=options["quote"],
        escapechar=options["escape"],
        doublequote=False,
        header=0 if options["header"] == "true" else None,
        names=None if options["header"] == "true" else COLUMNS,
        dtype=str,
        keep_default_na=False,
        na_values=[options["nullValue"]],
        skip_blank_lines=False,
    )


def rows(server, folder):
    written = json.loads(Path(server).read_text())["fileConfigurations"]
    options = {name: option["value"] for name, option in written["csvOptions"].items()}
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if not files:
        sys.exit(NOT_YET)
    for path in files:
        # pandas refuses a file without a line
        if path.stat().st_size:
            yield from table(path, options).to_dict("records")


if __name__ == "__main__":
    server, root, folder = sys.argv[1:]
    try:
        for row in rows(server, Path(root, folder.strip("/"))):
            print(json.dumps({name: None if pandas.isna(cell) else cell for name, cell in row.items()}))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(UNREADABLE)
