"""Readers of foreign formats, one file each: files in, raw tables out. Not here: checking the rows (assembly)."""
