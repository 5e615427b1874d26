"""`python -m sample_data.generator [--out DIR] [--seed N]`: write the sample world anew."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sample_data import world_path
from sample_data.generator.catalogue import CatalogueError
from sample_data.generator.parameters import Parameters
from sample_data.generator.world import make_world, write_world


def main() -> int:
    """Write the world and say where."""
    parser = argparse.ArgumentParser(prog="python -m sample_data.generator", description=__doc__)
    parser.add_argument("--out", type=Path, default=world_path(), help="folder to write (default: the shipped world)")
    parser.add_argument("--seed", type=int, default=Parameters().seed, help="seed of everything simulated")
    asked = parser.parse_args()
    parameters = Parameters(seed=asked.seed)
    try:
        world = make_world(parameters)
    except CatalogueError as problem:
        print(f"The catalogue cannot be used: {problem}", file=sys.stderr)
        return 1
    write_world(world, parameters, asked.out)
    print(
        f"{len(world.entries)} items, {len(world.people)} users, {len(world.meetings)} interactions, "
        f"{len(world.graph.triples)} triples in {asked.out}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
