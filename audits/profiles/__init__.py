"""Legal profiles as data: what a rule asks of group differences, in its words. One TOML file a profile."""
