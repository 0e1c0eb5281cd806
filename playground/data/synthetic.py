"""Generators of synthetic data: plain numpy, no state, and readable: an exported script shows their source.

Each takes its arguments and a random generator and returns `x` float32 [samples, inputs] and `y`: the
class, int64 [samples], or a real value, float32 [samples, 1]. Planes fill about [-1, 1] × [-1, 1].
"""

import numpy as np

# The functions below stand in exported scripts as they are, where bare signatures read best.
# mypy: disable-error-code="no-untyped-def"


def spiral(samples, noise, rng):
    """Two arms winding around each other; `noise` 1 displaces as far as half the way between them."""
    y = np.arange(samples) % 2
    t = rng.uniform(0.25, 3.45, samples)
    angle = 2.1 * t + np.pi * y
    x = np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1) / 3.4
    x += 0.22 * noise * rng.standard_normal(x.shape)
    return x.astype(np.float32), y


def circles(samples, noise, rng):
    """A disc inside a ring; `noise` is the standard deviation of the points' displacement."""
    y = np.arange(samples) % 2
    radius = np.where(y == 1, 0.4 * np.sqrt(rng.random(samples)), rng.uniform(0.65, 0.95, samples))
    angle = rng.uniform(0, 2 * np.pi, samples)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    x += noise * rng.standard_normal(x.shape)
    return x.astype(np.float32), y


def xor(samples, noise, rng):
    """Class 1 where both coordinates have the same sign; `noise` displaces the points afterwards."""
    x = rng.uniform(-0.95, 0.95, (samples, 2))
    x += 0.05 * np.sign(x)
    y = (x[:, 0] * x[:, 1] > 0).astype(np.int64)
    x += noise * rng.standard_normal(x.shape)
    return x.astype(np.float32), y


def gaussians(samples, noise, rng):
    """Two round clouds; `noise` is their standard deviation."""
    y = np.arange(samples) % 2
    x = np.where(y == 1, 0.45, -0.45)[:, None] + noise * rng.standard_normal((samples, 2))
    return x.astype(np.float32), y


def moons(samples, noise, rng):
    """Two half circles, one hooked into the other; `noise` is the standard deviation of displacement."""
    y = np.arange(samples) % 2
    angle = rng.uniform(0, np.pi, samples)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x = np.where(y[:, None] == 1, [1, 0.5] - upper, upper) - [0.5, 0.25]
    x = 0.62 * x + noise * rng.standard_normal(x.shape)
    return x.astype(np.float32), y


def linear_regression(samples, noise, slope, intercept, rng):
    """A line: y = slope · x + intercept, plus Gaussian noise of standard deviation `noise`."""
    x = rng.uniform(-1, 1, (samples, 1))
    y = slope * x + intercept + noise * rng.standard_normal(x.shape)
    return x.astype(np.float32), y.astype(np.float32)


def plane(samples, noise, rng):
    """A wavy surface over the plane, sin(2·x₀) · cos(3·x₁), plus Gaussian noise."""
    x = rng.uniform(-1, 1, (samples, 2))
    y = np.sin(2 * x[:, :1]) * np.cos(3 * x[:, 1:]) + noise * rng.standard_normal((samples, 1))
    return x.astype(np.float32), y.astype(np.float32)


def ring(samples, noise, rng):
    """Points all over the square: class 1 on a ring around the centre, class 0 inside and outside of it."""
    x = rng.uniform(-1, 1, (samples, 2))
    radius = np.hypot(x[:, 0], x[:, 1])
    y = ((radius > 0.4) & (radius < 0.8)).astype(np.int64)
    x += noise * rng.standard_normal(x.shape)
    return x.astype(np.float32), y


def drawn(points):
    """Points drawn by hand, each of them x, y and its class."""
    points = np.array(points)
    return points[:, :2].astype(np.float32), points[:, 2].astype(np.int64)
