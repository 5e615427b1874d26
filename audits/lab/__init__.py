"""What lab runs show: each intervention against its own noise floor or control."""
