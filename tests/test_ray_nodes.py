"""Envs on several machines of a cluster outlive a machine that is lost."""

import os

import pytest
import ray
from ray.cluster_utils import Cluster

from wildgym.envs.ray import RayVectorEnv
from wildgym.perturbations.factory import make_vec

GIVEN = {"perturbations": "all", "scaffold": "random", "max_turns": 8}
NODE = {"num_cpus": 1, "resources": {"sandboxes": 1}, "object_store_memory": 80_000_000}


@pytest.fixture
def cluster():
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    head = {"num_cpus": 0, "object_store_memory": 80_000_000, "include_dashboard": False}
    made = Cluster(initialize_head=True, head_node_args=head)
    made.machines = [made.add_node(**NODE) for _ in range(2)]
    made.wait_for_nodes()
    ray.init(address=made.address, log_to_driver=False)
    yield made
    ray.shutdown()
    made.shutdown()


def played(envs, lose=lambda: None):
    seen = [envs.reset(seed=5)[0]]
    for step in range(20):
        if step == 12:
            lose()
        observations, *ends, _ = envs.step([f"{step} of {i}" for i in range(envs.num_envs)])
        seen += [observations, [end.tolist() for end in ends]]
    return seen


def test_episodes_go_on_where_they_were_when_a_machine_is_lost(cluster):
    wanted = played(make_vec("api", 64, **GIVEN))
    envs = RayVectorEnv("wildgym/Api-v0", 64, 2, resources={"sandboxes": 1}, **GIVEN)

    def lose():
        machines = [machine.node_id for machine in cluster.machines]
        assert sorted(node for node, _ in envs.places()) == sorted(machines)
        cluster.remove_node(cluster.machines[0], allow_graceful=False)
        cluster.machines[0] = cluster.add_node(**NODE)

    assert played(envs, lose) == wanted
    assert sorted(node for node, _ in envs.places()) == sorted(
        machine.node_id for machine in cluster.machines
    )
    envs.close()
