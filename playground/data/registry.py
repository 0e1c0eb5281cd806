"""The data sets, one declaration each: where the samples come from, their arguments, and a preset.

The presets are tuned so that each trains to a sensible result in about ten seconds, from any seed.
"""

import math

from playground.data import bundled, csv_steps, synthetic
from playground.data.declaration import STANDARDIZE, DataSet, layer, linear, noise, number, preset, samples
from playground.data.features import BREAST_CANCER, DIABETES, IRIS, WINE
from playground.experiment.spec import Point

TWO_CLASSES = ("class 0", "class 1")

# A ring around another, so that there is something to play with and to add to.
DRAWING = tuple(
    Point(x=round(r * math.cos(a), 3), y=round(r * math.sin(a), 3), label=label)
    for label, r, n in ((0, 0.8, 30), (1, 0.35, 18))
    for a in (2 * math.pi * i / n for i in range(n))
)

_ALL = (
    DataSet(
        name="Spiral",
        kind="plane",
        task="classification",
        source="generated",
        help="Two arms winding around each other: no straight line separates them.",
        make=synthetic.spiral,
        parameters=(samples(), noise(0.1, "Displacement of the points; 1 is half the way from arm to arm.")),
        classes=TWO_CLASSES,
        preset=preset("Spiral", linear(24), "Tanh", linear(24), "Tanh", linear(2), lr=0.03, epochs=200),
    ),
    DataSet(
        name="Circles",
        kind="plane",
        task="classification",
        source="generated",
        help="A disc inside a ring: a few bent lines have to close around it.",
        make=synthetic.circles,
        parameters=(samples(), noise(0.03)),
        classes=TWO_CLASSES,
        preset=preset("Circles", linear(8), "Tanh", linear(2), lr=0.03, epochs=60),
    ),
    DataSet(
        name="XOR",
        kind="plane",
        task="classification",
        source="generated",
        help="Opposite quarters of the square belong together: the task that one layer cannot solve.",
        make=synthetic.xor,
        parameters=(samples(), noise(0.02)),
        classes=TWO_CLASSES,
        preset=preset("XOR", linear(8), "Tanh", linear(8), "Tanh", linear(2), lr=0.03, epochs=60),
    ),
    DataSet(
        name="Gaussians",
        kind="plane",
        task="classification",
        source="generated",
        help="Two round clouds that one straight line separates: logistic regression.",
        make=synthetic.gaussians,
        parameters=(samples(), noise(0.2, "Standard deviation of each cloud.")),
        classes=TWO_CLASSES,
        preset=preset("Gaussians", linear(1), loss="BCEWithLogitsLoss", optimizer="SGD", lr=0.3, epochs=40),
    ),
    DataSet(
        name="Moons",
        kind="plane",
        task="classification",
        source="generated",
        help="Two half circles hooked into each other.",
        make=synthetic.moons,
        parameters=(samples(), noise(0.05)),
        classes=TWO_CLASSES,
        preset=preset("Moons", linear(16), "ReLU", linear(16), "ReLU", linear(2), lr=0.02, epochs=60),
    ),
    DataSet(
        name="Linear regression",
        kind="line",
        task="regression",
        source="generated",
        help="Points along a line, whose slope and intercept one Linear layer finds.",
        make=synthetic.linear_regression,
        parameters=(
            samples(100),
            noise(0.1, "Standard deviation of the values around the line."),
            number("slope", 2.0, -10, 10, "Slope of the line."),
            number("intercept", 1.0, -10, 10, "Value of the line at 0."),
        ),
        input_shape=(1,),
        features=("x",),
        target="y",
        preset=preset(
            "Linear regression", linear(1), loss="MSELoss", optimizer="SGD", lr=0.05, batch_size=10
        ),
    ),
    DataSet(
        name="Plane",
        kind="plane",
        task="regression",
        source="generated",
        help="A wavy surface over the plane: regression in two dimensions.",
        make=synthetic.plane,
        parameters=(samples(), noise(0.05, "Standard deviation of the values around the surface.")),
        target="height",
        preset=preset(
            "Plane", linear(32), "Tanh", linear(32), "Tanh", linear(1), loss="MSELoss", lr=0.01, epochs=80
        ),
    ),
    DataSet(
        name="Stream",
        kind="plane",
        task="classification",
        source="streamed",
        help="An endless IterableDataset: a ring on the plane, and no sample comes twice.",
        make=synthetic.ring,
        parameters=(
            number("validation_samples", 500, 10, 10_000, "Samples drawn once, before training.", "int"),
            noise(0.02),
        ),
        classes=TWO_CLASSES,
        preset=preset(
            "Stream",
            *(linear(16), "Tanh", linear(16), "Tanh", linear(2)),
            lr=0.02,
            epochs=20,
            batch_size=64,
            style="iterable",
            shuffle=False,
        ),
    ),
    DataSet(
        name="Digits",
        kind="image",
        task="classification",
        source="bundled",
        help="1,797 handwritten digits of 8×8 grey values.",
        make=bundled.digits,
        input_shape=(1, 8, 8),
        samples=1797,
        classes=tuple("0123456789"),
        features=tuple(f"row {row}, column {column}" for row in range(8) for column in range(8)),
        target="digit",
        preset=preset(
            "Digits",
            *(layer("Conv2d", out_channels=8, kernel_size=3, padding=1), "ReLU"),
            *(layer("MaxPool2d", kernel_size=2), "Flatten", linear(10)),
            lr=0.01,
            epochs=25,
        ),
    ),
    DataSet(
        name="Iris",
        kind="table",
        task="classification",
        source="bundled",
        help="150 iris flowers of three species, four measures each.",
        make=bundled.iris,
        parameters=(STANDARDIZE,),
        input_shape=(4,),
        samples=150,
        classes=("setosa", "versicolor", "virginica"),
        features=IRIS,
        target="species",
        preset=preset("Iris", linear(8), "Tanh", linear(3), lr=0.02, epochs=60, batch_size=16),
    ),
    DataSet(
        name="Wine",
        kind="table",
        task="classification",
        source="bundled",
        help="178 wines of three growers, thirteen chemical measures each.",
        make=bundled.wine,
        parameters=(STANDARDIZE,),
        input_shape=(13,),
        samples=178,
        classes=("grower 0", "grower 1", "grower 2"),
        features=WINE,
        target="grower",
        preset=preset("Wine", linear(8), "Tanh", linear(3), lr=0.01, epochs=50, batch_size=16),
    ),
    DataSet(
        name="Breast cancer",
        kind="table",
        task="classification",
        source="bundled",
        help="569 tumours, malignant or benign, thirty measures of the cell nuclei each.",
        make=bundled.breast_cancer,
        parameters=(STANDARDIZE,),
        input_shape=(30,),
        samples=569,
        classes=("malignant", "benign"),
        features=BREAST_CANCER,
        target="diagnosis",
        preset=preset(
            "Breast cancer", linear(16), "ReLU", linear(1), loss="BCEWithLogitsLoss", lr=0.003, epochs=30
        ),
    ),
    DataSet(
        name="Diabetes",
        kind="table",
        task="regression",
        source="bundled",
        help="442 patients, ten measures each, and how far their diabetes went on in a year.",
        make=bundled.diabetes,
        parameters=(STANDARDIZE,),
        input_shape=(10,),
        samples=442,
        features=DIABETES,
        target="progression",
        preset=preset("Diabetes", linear(8), "Tanh", linear(1), loss="MSELoss", lr=0.005, epochs=40),
    ),
    DataSet(
        name="CSV",
        kind="table",
        task="classification",
        source="file",
        help="A table of your own, up to 20 MB: choose, drop or paste it.",
        make=csv_steps.encode,
        input_shape=(),
        features=(),
        target="",
        preset=preset("CSV", linear(16), "ReLU", linear(2)),
    ),
    DataSet(
        name="Drawn points",
        kind="plane",
        task="classification",
        source="drawn",
        help="Points of your own: click on the plane.",
        make=synthetic.drawn,
        preset=preset(
            "Drawn points",
            *(linear(16), "Tanh", linear(2)),
            lr=0.03,
            epochs=200,
            points=DRAWING,
            batch_size=8,
            validation_share=0.2,
        ),
    ),
)

DATASETS: dict[str, DataSet] = {dataset.name: dataset for dataset in _ALL}
