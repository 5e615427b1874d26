"""Files of rows -> raw tables: delimited text, JSON lines, Parquet. Not here: what the columns mean (loaders)."""
