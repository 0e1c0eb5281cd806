"""Real data that ships with scikit-learn, read offline; exported scripts show the source of these functions.

scikit-learn is imported only when one of them is called: it takes longer to load than all the rest.
"""

import numpy as np

# Bare signatures, because exported scripts show them; see `synthetic.py`.
# mypy: disable-error-code="no-untyped-def"


def digits():
    """1,797 handwritten digits of 8×8 grey values, scaled from 0…16 to 0…1."""
    from sklearn.datasets import load_digits

    data = load_digits()
    return (data.images[:, None] / 16).astype(np.float32), data.target.astype(np.int64)


def iris():
    """150 iris flowers of three species, four measures each."""
    from sklearn.datasets import load_iris

    x, y = load_iris(return_X_y=True)
    return x, y.astype(np.int64)


def wine():
    """178 wines of three growers, thirteen chemical measures each."""
    from sklearn.datasets import load_wine

    x, y = load_wine(return_X_y=True)
    return x, y.astype(np.int64)


def breast_cancer():
    """569 breast tumours, malignant or benign, thirty measures of the cell nuclei each."""
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    return x, y.astype(np.int64)


def diabetes():
    """442 patients, ten measures each, and how far their diabetes went on in the year after."""
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True, scaled=False)
    return x, y[:, None]
