"""Reports: what audits found, with what it rests on, as one file that somebody else can read and check."""
