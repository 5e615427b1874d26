"""Personal data in recorded texts: finding, masking, pseudonyms, export. Not here: judging it (audits)."""
