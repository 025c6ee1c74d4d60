"""What an agent is asked, and whether it was done. Knows nothing of perturbations."""

from wildgym.envs.env import WildEnv as WildEnv
from wildgym.envs.expert import Expert as Expert
from wildgym.envs.prompts import SystemPrompt as SystemPrompt
from wildgym.envs.prompts import UserPrompt as UserPrompt
from wildgym.envs.scenario import Answer as Answer
from wildgym.envs.scenario import Perturb as Perturb
from wildgym.envs.scenario import Refusal as Refusal
from wildgym.envs.scenario import Scenario as Scenario
from wildgym.envs.scenario import Solution as Solution
from wildgym.envs.scenario import Task as Task
from wildgym.envs.trajectory import Trajectory as Trajectory
from wildgym.envs.trajectory import Turn as Turn
from wildgym.envs.vector import WildVectorEnv as WildVectorEnv
from wildgym.envs.verifier import Verdict as Verdict
from wildgym.envs.verifier import Verifier as Verifier
