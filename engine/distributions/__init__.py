"""``torch.distributions``: draws and their probabilities, with gradients by the parameters.

Those whose names say ``has_rsample`` also let gradients through a draw. Random numbers come from the default
generator.
"""

from engine.distributions import constraints, transforms
from engine.distributions.categorical import Categorical, OneHotCategorical, OneHotCategoricalStraightThrough
from engine.distributions.composed import Independent, LogNormal, MixtureSameFamily, TransformedDistribution
from engine.distributions.continuous import Cauchy, Exponential, Gumbel, Laplace, Uniform
from engine.distributions.discrete import Bernoulli, Binomial, Geometric, Poisson
from engine.distributions.distribution import Distribution
from engine.distributions.gamma import Beta, Chi2, Dirichlet, Gamma, StudentT
from engine.distributions.kl import kl_divergence, register_kl
from engine.distributions.normal import HalfNormal, MultivariateNormal, Normal
from engine.distributions.transforms import (
    AffineTransform,
    ComposeTransform,
    ExpTransform,
    SigmoidTransform,
    SoftplusTransform,
    TanhTransform,
    Transform,
)

__all__ = [
    "AffineTransform", "Bernoulli", "Beta", "Binomial", "Categorical", "Cauchy", "Chi2", "ComposeTransform",
    "Dirichlet", "Distribution", "ExpTransform", "Exponential", "Gamma", "Geometric", "Gumbel", "HalfNormal",
    "Independent", "Laplace", "LogNormal", "MixtureSameFamily", "MultivariateNormal", "Normal",
    "OneHotCategorical", "OneHotCategoricalStraightThrough", "Poisson", "SigmoidTransform",
    "SoftplusTransform", "StudentT", "TanhTransform", "Transform", "TransformedDistribution", "Uniform",
    "constraints", "kl_divergence", "register_kl", "transforms",
]
