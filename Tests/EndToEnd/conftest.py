"""Fixtures: every test gets a control plane of its own, real processes on a real file system, gone afterwards."""

import pytest

from cluster import Cluster


@pytest.fixture
def berthd():
    """berthd alone: the API, the store and the controllers; no node, so no pod is scheduled."""
    cluster = Cluster()
    cluster.start_berthd()
    yield cluster
    cluster.close()


@pytest.fixture
def cluster():
    """berthd and berth-node."""
    cluster = Cluster()
    cluster.start_berthd()
    cluster.start_node()
    yield cluster
    cluster.close()
