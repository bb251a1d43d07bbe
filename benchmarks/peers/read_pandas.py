"""Read every sheet of workbooks with pandas and calamine, values only: read_pandas.py FOLDER."""

import sys
from pathlib import Path

import pandas

if __name__ == "__main__":
    for path in sorted(Path(sys.argv[1]).iterdir()):
        pandas.read_excel(path, sheet_name=None, header=None, engine="calamine")
