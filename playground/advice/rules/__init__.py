"""The rules, by what they look at; each says where it is from."""

from playground.advice.course import Course
from playground.advice.plan import Plan
from playground.advice.rule import Rule
from playground.advice.rules.batch_norm_of_one import batch_norm_of_one
from playground.advice.rules.class_imbalance import class_imbalance
from playground.advice.rules.climbing import climbing
from playground.advice.rules.dead_relus import dead_relus
from playground.advice.rules.dropout_at_output import dropout_at_output
from playground.advice.rules.exploding_gradients import exploding_gradients
from playground.advice.rules.learning_rate import learning_rate_too_high, learning_rate_too_low
from playground.advice.rules.missing_activation import missing_activation
from playground.advice.rules.missing_nonlinearity import missing_nonlinearity
from playground.advice.rules.no_gradient import no_gradient
from playground.advice.rules.overfitting import overfitting
from playground.advice.rules.repeated_by_loss import (
    log_softmax_before_cross_entropy,
    sigmoid_before_bce_with_logits,
    softmax_before_cross_entropy,
)
from playground.advice.rules.sigmoid_before_mse import sigmoid_before_mse
from playground.advice.rules.squeezed_scores import squeezed_scores
from playground.advice.rules.target_out_of_range import target_out_of_range
from playground.advice.rules.unscaled_inputs import unscaled_inputs, unstandardized_inputs
from playground.advice.rules.unscaled_targets import unscaled_targets
from playground.advice.rules.vanishing_gradients import vanishing_gradients
from playground.advice.rules.wrong_kind_of_target import wrong_kind_of_target
from playground.advice.rules.wrong_shape_of_output import silent_broadcasting, wrong_shape_of_output
from playground.advice.samples import Samples

PLAN_RULES: tuple[Rule[Plan], ...] = (
    wrong_kind_of_target,
    silent_broadcasting,
    wrong_shape_of_output,
    softmax_before_cross_entropy,
    log_softmax_before_cross_entropy,
    sigmoid_before_bce_with_logits,
    sigmoid_before_mse,
    squeezed_scores,
    missing_activation,
    missing_nonlinearity,
    unstandardized_inputs,
    batch_norm_of_one,
    dropout_at_output,
    climbing,
)

SAMPLES_RULES: tuple[Rule[Samples], ...] = (
    unscaled_inputs,
    unscaled_targets,
    class_imbalance,
    target_out_of_range,
)

COURSE_RULES: tuple[Rule[Course], ...] = (
    learning_rate_too_high,
    learning_rate_too_low,
    exploding_gradients,
    vanishing_gradients,
    no_gradient,
    dead_relus,
    overfitting,
)
