"""One small campaign that runs as it stands; the command ``demo`` plays it."""
