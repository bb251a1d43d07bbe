"""lsindicators: the spreadsheet toolkit for a province's year of science and technology indicators."""

__version__ = "0.1.0"
