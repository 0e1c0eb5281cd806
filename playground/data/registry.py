"""The data sets, one declaration each: where the samples come from, their arguments, and a preset.

The presets are tuned so that each trains to a sensible result in about ten seconds, from any seed.
"""

from playground.data import synthetic
from playground.data.declaration import DataSet, linear, noise, preset, samples

TWO_CLASSES = ("class 0", "class 1")

_ALL = (
    DataSet(
        name="Spiral",
        kind="plane",
        task="classification",
        source="generated",
        help="Two arms winding around each other: no straight line separates them.",
        make=synthetic.spiral,
        parameters=(samples(), noise(0.1, "Displacement, in units of the distance between the arms.")),
        classes=TWO_CLASSES,
        preset=preset("Spiral", linear(16), "Tanh", linear(16), "Tanh", linear(2), lr=0.03),
    ),
)

DATASETS: dict[str, DataSet] = {dataset.name: dataset for dataset in _ALL}
