"""What pooling refuses, in PyTorch's words."""

import pytest

import engine

REFUSED = {
    "no stretch fits": lambda t: t.nn.MaxPool1d(3)(t.ones(1, 1, 2)),
    "no mean of a stretch": lambda t: t.nn.AvgPool1d(3)(t.ones(1, 1, 2)),
    "no patch fits": lambda t: t.nn.MaxPool2d(3)(t.ones(1, 1, 2, 2)),
    "no stretch fits, places asked for": lambda t: t.nn.MaxPool1d(3, return_indices=True)(t.ones(1, 1, 2)),
    "a kernel that only padding makes fit": lambda t: t.nn.AvgPool3d(3, padding=1)(t.ones(1, 1, 2, 4, 4)),
    "much padding of a signal": lambda t: t.nn.MaxPool1d(3, padding=2)(t.ones(1, 1, 4)),
    "much padding of an image": lambda t: t.nn.MaxPool2d(3, padding=2)(t.ones(1, 1, 4, 4)),
    "padding below 0": lambda t: t.nn.MaxPool2d(3, padding=-1)(t.ones(1, 1, 4, 4)),
    "padding of means below 0": lambda t: t.nn.AvgPool1d(3, padding=-1)(t.ones(1, 1, 4)),
    "a stretch of nothing": lambda t: t.nn.MaxPool1d(0)(t.ones(1, 1, 4)),
    "no step": lambda t: t.nn.MaxPool1d(3, stride=0)(t.ones(1, 1, 4)),
    "no step between patches": lambda t: t.nn.AvgPool2d(3, stride=0)(t.ones(1, 1, 4, 4)),
    "a step back": lambda t: t.nn.functional.avg_pool1d(t.ones(2, 4), 2, stride=-1),
    "no distance": lambda t: t.nn.MaxPool1d(3, dilation=0)(t.ones(1, 1, 4)),
    "no distance in patches": lambda t: t.nn.MaxPool2d(2, dilation=0)(t.ones(1, 2, 2)),
    "a vector": lambda t: t.nn.MaxPool1d(2)(t.ones(4)),
    "a mean over a vector": lambda t: t.nn.AvgPool1d(2)(t.ones(4)),
    "patches of a vector": lambda t: t.nn.AvgPool2d(2)(t.ones(4)),
    "patches of a volume": lambda t: t.nn.AvgPool2d(2)(t.ones(1, 1, 1, 4, 4)),
    "no channels": lambda t: t.nn.functional.max_pool1d(t.ones(2, 0, 4), 2),
    "an empty signal": lambda t: t.nn.functional.avg_pool1d(t.ones(1, 1, 0), 2),
    "whole numbers": lambda t: t.nn.functional.max_pool1d(t.arange(4).reshape(1, 4), 2),
    "nothing, and a wrong border first": lambda t: t.nn.MaxPool2d(2, padding=-1)(t.ones(0, 1, 4)),
    "an empty volume": lambda t: t.nn.MaxPool3d(2)(t.ones(1, 1, 0, 2, 2)),
    "no parts of a signal": lambda t: t.nn.functional.adaptive_avg_pool1d(t.ones(1, 1, 4), ()),
    "parts in three dimensions": lambda t: t.nn.functional.adaptive_max_pool2d(t.ones(1, 1, 4, 4), (2, 2, 2)),
    "less than no parts": lambda t: t.nn.functional.adaptive_max_pool1d(t.ones(1, 1, 4), -1),
    "parts of a matrix": lambda t: t.nn.functional.adaptive_avg_pool2d(t.ones(4, 4), 2),
    "parts of a matrix, size by size": lambda t: t.nn.functional.adaptive_max_pool2d(t.ones(4, 4), (2, 2)),
    "two sizes for one dimension": lambda t: t.nn.functional.max_pool1d(t.ones(2, 3, 4), (2, 3)),
    "three sizes for two dimensions": lambda t: t.nn.functional.avg_pool2d(t.ones(2, 3, 4, 4), (2, 3, 3)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_as_by_torch(torch, name):
    found = []
    for library in (engine, torch):
        with pytest.raises((RuntimeError, IndexError, ValueError)) as caught:
            REFUSED[name](library)
        found.append((caught.type, str(caught.value).splitlines()[0].split(": ", 1)[-1]))
    assert found[0][0] is found[1][0]
    assert found[0][1].split(":")[-1] == found[1][1].split(":")[-1]


def test_a_kernel_larger_than_a_volume_is_refused():
    with pytest.raises(RuntimeError, match=r"input image .T: 2 H: 4 W: 4. smaller than kernel size"):
        engine.nn.functional.avg_pool3d(engine.ones(1, 1, 2, 4, 4), 3, padding=1)
