"""The loss around a model: planes through its weights, and the grid on them."""

import numpy as np
import pytest

import engine as torch
from playground.training.evaluate import judge
from playground.training.plane import path_plane, project, random_plane
from playground.training.surface import SIDE, Moment, NoPlane, Surface
from playground.training.trainer import Trainer
from tests.playground.training.experiments import line, spiral, trainer

MIDDLE = SIDE // 2


def weights_of(trained: Trainer) -> list[np.ndarray]:
    return [parameter.detach().numpy().copy() for parameter in trained.built.model.parameters()]


def walked(trained: Trainer, points: int, steps: int = 4) -> list[Moment]:
    """Moments of a run, a few steps apart, the present one last."""
    path = [Moment(0, weights_of(trained))]
    for _ in range(points - 1):
        for _ in range(steps):
            trained.run_step()
        path.append(Moment(trained.step, weights_of(trained)))
    return path


def whole(surface: Surface) -> Surface:
    while surface.work():
        pass
    return surface


def test_random_directions_are_as_long_as_each_filter_and_leave_biases_alone() -> None:
    weights = weights_of(trainer(spiral()))
    plane = random_plane(weights, seed=3)
    assert plane is not None
    for direction in (plane.first, plane.second):
        for own, drawn in zip(weights, direction, strict=True):
            if own.ndim < 2:
                assert not drawn.any()
            else:
                np.testing.assert_allclose(
                    np.linalg.norm(drawn, axis=1), np.linalg.norm(own, axis=1), rtol=1e-5
                )
    assert not np.allclose(plane.first[0], plane.second[0])


def test_the_plane_of_a_path_is_that_of_its_largest_variances() -> None:
    draws = np.random.default_rng(0)
    flat = [draws.standard_normal((2, 3)) for _ in range(2)]
    path = [[a * flat[0] + b * flat[1]] for a, b in ((3.0, 0.0), (2.0, 1.0), (1.0, -1.0), (0.0, 0.0))]
    plane = path_plane(path, path[-1])
    assert plane is not None
    rows = np.stack([weights[0].ravel() for weights in path])
    _, singular, axes = np.linalg.svd(rows)
    assert abs(np.vdot(axes[0], plane.first[0])) == pytest.approx(1)
    assert abs(np.vdot(axes[1], plane.second[0])) == pytest.approx(1)
    assert plane.shares == pytest.approx(tuple((singular**2 / (singular**2).sum())[:2]))
    places = project(path, path[-1], plane)
    np.testing.assert_allclose(places @ np.stack([plane.first[0].ravel(), plane.second[0].ravel()]), rows)


def test_a_path_on_a_line_spans_no_plane() -> None:
    straight = [[np.array([float(i), 2.0 * i])] for i in range(4)]
    assert path_plane(straight, straight[-1]) is None
    with pytest.raises(NoPlane, match="1 point is known, and a plane needs 3: train on"):
        Surface(trainer(spiral()).built, walked(trainer(spiral()), 1), "path", 0)


def test_what_only_rounding_keeps_from_a_line_spans_no_plane() -> None:
    alone = [[np.array([[1 / (1 + i)]], np.float32)] for i in range(30)]
    assert path_plane(alone, alone[-1]) is None


def test_a_single_weight_spans_no_plane_of_random_directions() -> None:
    with pytest.raises(NoPlane, match="Look along the path"):
        Surface(trainer(line()).built, walked(trainer(line()), 1), "random", seed=0)


def test_the_middle_is_the_present_loss_and_the_rest_that_of_moved_weights() -> None:
    trained = trainer(spiral())
    surface = whole(Surface(trained.built, walked(trained, 3), "random", seed=1))
    now = judge(trained.built)
    assert surface.grid[MIDDLE, MIDDLE] == pytest.approx(now(), rel=1e-6)
    i, j = 5, 20
    with torch.no_grad():
        for own, u, v in zip(trained.built.model.parameters(), *surface.plane[:2], strict=True):
            own += torch.from_numpy((surface.first[i] * u + surface.second[j] * v).astype(np.float32))
    assert surface.grid[j, i] == pytest.approx(now(), rel=1e-4)


def test_the_path_lies_inside_its_own_picture_with_its_losses() -> None:
    trained = trainer(spiral(epochs=50))
    path = walked(trained, 6)
    surface = whole(Surface(trained.built, path, "path", seed=0))
    assert surface.on_path[:, 0].tolist() == [moment.step for moment in path]
    for axis, places in ((surface.first, surface.on_path[:, 1]), (surface.second, surface.on_path[:, 2])):
        assert axis[0] < places.min() <= places.max() < axis[-1]
    np.testing.assert_allclose(surface.on_path[-1, 1:3], 0, atol=1e-6)
    assert surface.on_path[-1, 3] == pytest.approx(judge(trained.built)(), rel=1e-6)


def test_a_bowl_is_a_bowl() -> None:
    """On linear regression the loss is a parabola: its second difference is the same everywhere."""
    trained = trainer(line())
    surface = whole(Surface(trained.built, walked(trained, 5), "path", seed=2))
    second = np.diff(surface.grid.astype(np.float64), n=2, axis=1)
    np.testing.assert_allclose(second, second.mean(), rtol=0.1)
    assert (second > 0).all()


def test_the_coarse_picture_comes_first_and_every_point_once() -> None:
    surface = Surface(trainer(spiral()).built, walked(trainer(spiral()), 1), "random", seed=0)
    for _ in range(1 + 4 + 5):
        surface.work()
    corners = surface.grid[:: SIDE - 1, :: SIDE - 1]
    assert np.isfinite(corners).all()
    assert np.isfinite(surface.grid[MIDDLE, MIDDLE])
    whole(surface)
    assert np.isfinite(surface.grid).all()
    assert surface.done == surface.all


def test_the_run_does_not_notice() -> None:
    watched, alone = trainer(spiral()), trainer(spiral())
    for trained in (watched, alone):
        trained.run_step()
    whole(Surface(watched.built, [Moment(1, weights_of(watched))], "random", seed=0))
    assert [watched.run_step() for _ in range(6)] == [alone.run_step() for _ in range(6)]
