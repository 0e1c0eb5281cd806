"""Optimizers, as `torch.optim` names them."""

from engine.optim import lr_scheduler, swa_utils
from engine.optim.adafactor import Adafactor
from engine.optim.adagrad import Adadelta, Adagrad
from engine.optim.adam import Adam, AdamW
from engine.optim.adam_variants import Adamax, NAdam, RAdam
from engine.optim.lbfgs import LBFGS
from engine.optim.muon import Muon
from engine.optim.optimizer import Optimizer
from engine.optim.rmsprop import RMSprop
from engine.optim.rprop import ASGD, Rprop
from engine.optim.sgd import SGD

__all__ = [
    "ASGD", "LBFGS", "SGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Muon", "NAdam",
    "Optimizer", "RAdam", "RMSprop", "Rprop", "lr_scheduler", "swa_utils",
]
