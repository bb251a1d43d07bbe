"""What ``lsindicators`` costs beside the tools that somebody would take instead: ``python -m benchmarks``.

``table.py`` lists the rows; a module a command races them; ``peers/`` holds the other tools' scripts, which run by hand too.
"""
