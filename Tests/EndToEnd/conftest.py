"""Fixtures: every test gets a control plane of its own, real processes on a real file system, gone afterwards."""

import os
import shutil

import pytest

import tutorial
from cluster import Cluster
from kubectl import KubeCluster


@pytest.fixture(scope="session", autouse=True)
def nothing_left_of_a_run_that_was_cut_off():
    """On a machine of CI nobody else uses the tutorial's folder; elsewhere it may be somebody's, and is left alone."""
    if os.environ.get("CI") == "true":
        shutil.rmtree(tutorial.VOLUMES, ignore_errors=True)


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


@pytest.fixture(scope="module")
def kube():
    """berthd with a TLS listener and a kubeconfig for it, one for all tests of a file."""
    cluster = KubeCluster()
    cluster.start_berthd()
    yield cluster
    cluster.close()
