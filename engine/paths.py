"""Modules under the names of PyTorch's files where ours lie otherwise, for programs that import them."""

from __future__ import annotations

from typing import Final

from engine import autograd, distributions, optim
from engine.nn.modules import module_of

_FILES: Final = {       # by package: PyTorch's file, and what programs take from it
    optim: {
        "adadelta": "Adadelta", "adamax": "Adamax", "adamw": "AdamW", "asgd": "ASGD", "nadam": "NAdam",
        "radam": "RAdam",
    },
    distributions: {
        "bernoulli": "Bernoulli", "beta": "Beta", "binomial": "Binomial", "cauchy": "Cauchy", "chi2": "Chi2",
        "dirichlet": "Dirichlet", "exponential": "Exponential", "geometric": "Geometric", "gumbel": "Gumbel",
        "half_normal": "HalfNormal", "independent": "Independent", "laplace": "Laplace",
        "log_normal": "LogNormal", "mixture_same_family": "MixtureSameFamily",
        "multivariate_normal": "MultivariateNormal", "poisson": "Poisson", "studentT": "StudentT",
        "one_hot_categorical": "OneHotCategorical OneHotCategoricalStraightThrough",
        "transformed_distribution": "TransformedDistribution", "uniform": "Uniform",
    },
    autograd: {"variable": "Variable"},
}


for _package, _files in _FILES.items():
    for _file, _names in _files.items():
        _held = {name: getattr(_package, name) for name in _names.split()}
        setattr(_package, _file, module_of(_package.__name__, _file, _held))
