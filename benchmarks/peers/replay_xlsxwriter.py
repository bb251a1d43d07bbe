"""Write forms with xlsxwriter alone: replay_xlsxwriter.py RECIPES.jsonl FOLDER. A line of RECIPES is a form's calls."""

import sys
from datetime import datetime
from json import loads
from pathlib import Path

from xlsxwriter import Workbook


def write(name: str, options: dict, calls: list, folder: str) -> None:
    book = Workbook(f"{folder}/{name}", {**options, "in_memory": True})
    objects, formats = [book], []
    for at, method, args, named, drawn in calls:
        for place in drawn:
            if place == "format":
                args[-1]["format"] = formats[args[-1]["format"]]
            else:
                args[place] = formats[args[place]]
        if method == "set_properties":
            args[0]["created"] = datetime.fromisoformat(args[0]["created"])
        made = getattr(objects[at], method)(*args, **named)
        if method == "add_worksheet":
            objects.append(made)
        elif method == "add_format":
            formats.append(made)
    book.close()


if __name__ == "__main__":
    recipes, target = sys.argv[1:]
    with Path(recipes).open(encoding="utf-8") as stream:
        for line in stream:
            write(*loads(line), target)
