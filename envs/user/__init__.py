"""A simulated user: a program that answers what it is asked, and only that. No model."""

from wildgym.envs.user.layer import ASK as ASK
from wildgym.envs.user.layer import NEXT as NEXT
from wildgym.envs.user.layer import WithUser as WithUser
from wildgym.envs.user.layer import layers_of as layers_of
from wildgym.envs.user.layer import put_in_place as put_in_place
from wildgym.envs.user.manner import MANNERS as MANNERS
from wildgym.envs.user.manner import Manner as Manner
from wildgym.envs.user.own import OwnUser as OwnUser
from wildgym.envs.user.own import speaker_of as speaker_of
from wildgym.envs.user.speaking import Asked as Asked
from wildgym.envs.user.speaking import Line as Line
from wildgym.envs.user.speaking import Speaker as Speaker
from wildgym.envs.user.speaking import heard as heard
from wildgym.envs.user.speaking import scripted as scripted
from wildgym.envs.user.understanding import Known as Known
from wildgym.envs.user.understanding import asked_for as asked_for
from wildgym.envs.user.understanding import mentions as mentions
from wildgym.envs.user.understanding import tokens as tokens
