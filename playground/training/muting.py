"""Silent units. The source of `mute` stands in exported scripts, so its signature is bare."""

import engine as torch

# mypy: disable-error-code="no-untyped-def"


def mute(layer, units):
    """Make these units of a layer's output 0 from now on; `remove()` of what it returns ends that."""

    def silenced(_layer, _inputs, output):
        kept = torch.ones(output.shape[1:])
        kept[units] = 0.0
        return output * kept

    return layer.register_forward_hook(silenced)
