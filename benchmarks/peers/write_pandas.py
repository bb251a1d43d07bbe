"""Write one sheet of rows with pandas.to_excel: write_pandas.py ROWS.pickle TARGET.xlsx."""

import pickle
import sys
from pathlib import Path

import pandas

if __name__ == "__main__":
    source, target = sys.argv[1:]
    with Path(source).open("rb") as stream:
        columns, rows = pickle.load(stream)
    pandas.DataFrame(rows, columns=columns).to_excel(target, sheet_name="Dữ liệu", index=False)
