"""The sample world's generator: reads the catalogue, simulates users and their behaviour, writes the world's files."""
