"""`torch.nn.functional`: the layers' computations as functions of tensors, with PyTorch's arguments."""

from engine.nn.functional.activation import (
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    relu,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    tanh,
)
from engine.nn.functional.adaptive_max_pool import (
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
    max_unpool1d,
    max_unpool2d,
    max_unpool3d,
)
from engine.nn.functional.alpha_dropout import alpha_dropout, feature_alpha_dropout
from engine.nn.functional.attention import multi_head_attention_forward, scaled_dot_product_attention
from engine.nn.functional.bilinear import bilinear
from engine.nn.functional.conv import (
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
    pad,
)
from engine.nn.functional.ctc import ctc_loss
from engine.nn.functional.distribution_loss import gaussian_nll_loss, kl_div, poisson_nll_loss
from engine.nn.functional.embedding_bag import embedding_bag
from engine.nn.functional.fractional_pool import fractional_max_pool2d, fractional_max_pool3d
from engine.nn.functional.grid import affine_grid, grid_sample
from engine.nn.functional.inplace import celu_, elu_, hardtanh_, leaky_relu_, relu_, rrelu_, selu_, threshold_
from engine.nn.functional.interpolate import interpolate, upsample, upsample_bilinear, upsample_nearest
from engine.nn.functional.linear import linear
from engine.nn.functional.linear_cross_entropy import linear_cross_entropy
from engine.nn.functional.local_response import local_response_norm
from engine.nn.functional.loss import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    huber_loss,
    l1_loss,
    mse_loss,
    nll_loss,
    smooth_l1_loss,
)
from engine.nn.functional.lp_pool import lp_pool1d, lp_pool2d, lp_pool3d
from engine.nn.functional.margin_loss import (
    hinge_embedding_loss,
    margin_ranking_loss,
    multi_margin_loss,
    multilabel_margin_loss,
    multilabel_soft_margin_loss,
    soft_margin_loss,
)
from engine.nn.functional.norm import batch_norm, group_norm, instance_norm, layer_norm, rms_norm
from engine.nn.functional.pair_loss import (
    cosine_embedding_loss,
    pairwise_distance,
    pdist,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from engine.nn.functional.piecewise import (
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    prelu,
    relu6,
    rrelu,
    softshrink,
    threshold,
)
from engine.nn.functional.pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from engine.nn.functional.rearrange import channel_shuffle, fold, pixel_shuffle, pixel_unshuffle, unfold
from engine.nn.functional.smooth import (
    celu,
    glu,
    gumbel_softmax,
    logsigmoid,
    mish,
    softmin,
    softsign,
    tanhshrink,
)
from engine.nn.functional.sparse import dropout, dropout1d, dropout2d, dropout3d, embedding
from engine.nn.functional.vector import cosine_similarity, normalize, one_hot
from engine.nn.functional.with_indices import FUNCTIONS as _WITH_INDICES

globals().update(_WITH_INDICES)

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d",
    "adaptive_max_pool2d", "adaptive_max_pool3d", "affine_grid", "alpha_dropout", "avg_pool1d",
    "avg_pool2d", "avg_pool3d", "batch_norm", "bilinear", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "celu", "celu_", "channel_shuffle", "conv1d", "conv2d", "conv3d",
    "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "cosine_embedding_loss",
    "cosine_similarity", "cross_entropy", "ctc_loss", "dropout", "dropout1d", "dropout2d", "dropout3d",
    "elu", "elu_", "embedding", "embedding_bag", "feature_alpha_dropout", "fold",
    "fractional_max_pool2d", "fractional_max_pool3d", "gaussian_nll_loss",
    "gelu", "glu", "grid_sample", "group_norm", "gumbel_softmax", "hardshrink", "hardsigmoid", "hardswish",
    "hardtanh", "hardtanh_", "hinge_embedding_loss", "huber_loss", "instance_norm", "interpolate", "kl_div",
    "l1_loss", "layer_norm", "leaky_relu", "leaky_relu_", "linear", "linear_cross_entropy",
    "local_response_norm", "log_softmax",
    "logsigmoid", "lp_pool1d", "lp_pool2d", "lp_pool3d", "margin_ranking_loss", "max_pool1d", "max_pool2d",
    "max_pool3d", "max_unpool1d", "max_unpool2d", "max_unpool3d", "mish", "mse_loss",
    "multi_head_attention_forward", "multi_margin_loss", "multilabel_margin_loss",
    "multilabel_soft_margin_loss", "nll_loss", "normalize", "one_hot", "pad", "pairwise_distance", "pdist",
    "pixel_shuffle", "pixel_unshuffle", "poisson_nll_loss", "prelu", "relu", "relu6", "relu_", "rms_norm",
    "rrelu", "rrelu_", "scaled_dot_product_attention", "selu", "selu_", "sigmoid", "silu", "smooth_l1_loss",
    "soft_margin_loss", "softmax", "softmin", "softplus", "softshrink", "softsign", "tanh", "tanhshrink",
    "threshold", "threshold_", "triplet_margin_loss", "triplet_margin_with_distance_loss", "unfold",
    "upsample", "upsample_bilinear", "upsample_nearest",
]
