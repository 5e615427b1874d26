"""The shipped world and one regenerated beside it, made once for all tests of the sample data."""

import pytest

from sample_data import world_path
from sample_data.generator.check import Tables, read_tables
from sample_data.generator.parameters import Parameters
from sample_data.generator.world import make_world, write_world


@pytest.fixture(scope="session")
def tables() -> Tables:
    return read_tables(world_path())


@pytest.fixture(scope="session")
def regenerated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    parameters = Parameters()
    write_world(make_world(parameters), parameters, folder)
    return folder
