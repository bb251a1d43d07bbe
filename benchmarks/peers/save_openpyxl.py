"""Save workbooks again with openpyxl: save_openpyxl.py FOLDER TARGET."""

import sys
import warnings
from pathlib import Path

from openpyxl import load_workbook

if __name__ == "__main__":
    warnings.simplefilter("ignore")  # openpyxl names the extensions that it drops
    folder, target = map(Path, sys.argv[1:])
    for path in sorted(folder.glob("*.xlsx")):
        load_workbook(path).save(target / path.name)
