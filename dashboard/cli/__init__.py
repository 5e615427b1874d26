"""The recaudit command: one file a group of subcommands."""
