"""An expert plays moto's AWS server under all perturbations: `python play.py http://HOST:PORT`."""

import sys
from pathlib import Path

import wildgym.wrap

HERE = Path(__file__).parent
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=test/20320101/us-east-1/{}/aws4_request, SignedHeaders=host,"
    " Signature=none"
)


def aws(url, **playing):
    """Make an env of the server at an address."""
    return wildgym.wrap.openapi(
        HERE / "aws.yaml",
        HERE / "tasks.py",
        base_url=url,
        reset="POST /moto-api/reset",
        # moto tells by the scope of a credential which service is meant.
        headers=lambda operation: {"Authorization": SIGNED.format(operation.tags[0])},
        reads=("list_tables", "get_item", "scan", "list_queues", "get_queue_attributes"),
        scrub={r"<(LastModified|CreationDate)>[^<]*": r"<\1>2032-01-01T00:00:00Z"},
        **playing,
    )


if __name__ == "__main__":
    env = aws(sys.argv[1], perturbations="all", scaffold="random")
    for seed in range(10):
        observation, info = env.reset(seed=seed)
        policy, over = env.expert(), False
        while not over:
            observation, reward, terminated, truncated, info = env.step(policy(observation))
            over = terminated or truncated
        print(seed, reward, info["checks"])
    env.close()
