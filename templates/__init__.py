"""The papers that people draw in Excel and Word: the built-in assignment, the form, the report."""
