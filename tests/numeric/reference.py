# SPDX-License-Identifier: GPL-3.0-or-later
"""What Keras's layers compute at inference, in plain numpy and double precision: for layers.py.

Written from Keras's documentation and its words alone, and not from what Tenon does, so that a
misunderstanding shows. Arrays are channels last where nothing else is said.
"""
import itertools
import math

import numpy as np
from scipy import special


# ---- activations ----

def sigmoid(x):
    return special.expit(x)


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def softplus(x):
    return np.logaddexp(x, 0)


def relu6(x):
    return np.clip(x, 0, 6)


def glu(x):
    a, b = np.split(x, 2, axis=-1)
    return a * sigmoid(b)


def sparsemax(x):
    """With Keras's threshold, which sums up all partial sums of the support, where Martins and
    Astudillo have the last of them."""
    falling = -np.sort(-x, axis=-1)
    sums = falling.cumsum(-1)
    support = falling > (sums - 1) / np.arange(1, x.shape[-1] + 1)
    threshold = (np.where(support, sums, 0).sum(-1, keepdims=True) - 1) \
        / support.sum(-1, keepdims=True)
    return np.maximum(x - threshold, 0)


ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "relu6": relu6,
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 
                                                          1.6732632423543772
                                                          * np.expm1(np.minimum(x, 0))),
    "celu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "sigmoid": sigmoid,
    "hard_sigmoid": lambda x: relu6(x + 3) / 6,
    "log_sigmoid": lambda x: -softplus(-x),
    "tanh": np.tanh,
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "tanh_shrink": lambda x: x - np.tanh(x),
    "soft_shrink": lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
    "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, x, 0),
    "softplus": softplus,
    "softsign": lambda x: x / (1 + np.abs(x)),
    "softmax": softmax,
    "log_softmax": lambda x: np.log(softmax(x)),
    "exponential": np.exp,
    "silu": lambda x: x * sigmoid(x),
    "swish": lambda x: x * sigmoid(x),
    "hard_silu": lambda x: x * relu6(x + 3) / 6,
    "hard_swish": lambda x: x * relu6(x + 3) / 6,
    "gelu": lambda x: x * special.ndtr(x),
    "mish": lambda x: x * np.tanh(softplus(x)),
    "glu": glu,
    "squareplus": lambda x: (x + np.sqrt(x * x + 4)) / 2,
    "sparse_plus": lambda x: np.where(x <= -1, 0, np.where(x < 1, (x + 1) ** 2 / 4, x)),
    "sparse_sigmoid": lambda x: np.where(x <= -1, 0, np.where(x >= 1, 1, (x + 1) / 2)),
    "sparsemax": sparsemax,
    None: lambda x: x,
}


def activate(x, name):
    return ACTIVATIONS[name](x)


# ---- convolutions ----

def tuple_of(value, n):
    return (value,) * n if isinstance(value, int) else tuple(value)


def to_last(x, data_format):
    return np.moveaxis(x, 1, -1) if data_format == "channels_first" else x


def from_last(x, data_format):
    return np.moveaxis(x, -1, 1) if data_format == "channels_first" else x


def same_padding(size, kernel, stride):
    total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def windows(x, size, strides, padding, dilation, fill):
    """(…): for each place of the window the (batch, out…, channels) that it meets, in C order."""
    n = x.ndim - 2
    reach = [(k - 1) * d + 1 for k, d in zip(size, dilation)]
    if padding == "same":
        around = [same_padding(x.shape[1 + i], reach[i], strides[i]) for i in range(n)]
    elif padding == "causal":
        around = [(reach[i] - 1, 0) for i in range(n)]
    else:
        around = [(0, 0)] * n
    x = np.pad(x, [(0, 0)] + around + [(0, 0)], constant_values=fill)
    out = [(x.shape[1 + i] - reach[i]) // strides[i] + 1 for i in range(n)]
    for place in itertools.product(*[range(k) for k in size]):
        yield place, x[(slice(None),) + tuple(
            slice(p * d, p * d + (o - 1) * s + 1, s)
            for p, d, o, s in zip(place, dilation, out, strides))]


def convolve(x, kernel, strides, padding, dilation, groups=1):
    """(batch, …, in) with (k…, in / groups, out)."""
    inputs, outputs = kernel.shape[-2], kernel.shape[-1] // groups
    total = 0
    for place, seen in windows(x, kernel.shape[:-2], strides, padding, dilation, 0):
        total = total + np.concatenate(
            [seen[..., g * inputs:(g + 1) * inputs]
             @ kernel[place][:, g * outputs:(g + 1) * outputs] for g in range(groups)], -1)
    return total


def with_bias(x, weights, config):
    return x + weights[-1] if config.get("use_bias", True) else x


def conv(x, weights, config):
    n = x.ndim - 2
    y = convolve(to_last(x, config.get("data_format")), weights[0],
                 tuple_of(config.get("strides", 1), n), config.get("padding", "valid"),
                 tuple_of(config.get("dilation_rate", 1), n), config.get("groups", 1))
    return from_last(activate(with_bias(y, weights, config), config.get("activation")),
                     config.get("data_format"))


def depthwise(x, kernel, config):
    """The output channels of an input channel lie side by side."""
    n = x.ndim - 2
    total = 0
    for place, seen in windows(x, kernel.shape[:-2], tuple_of(config.get("strides", 1), n),
                               config.get("padding", "valid"),
                               tuple_of(config.get("dilation_rate", 1), n), 0):
        total = total + seen[..., None] * kernel[place]
    return total.reshape(total.shape[:-2] + (-1,))


def depthwise_conv(x, weights, config):
    y = depthwise(to_last(x, config.get("data_format")), weights[0], config)
    return from_last(activate(with_bias(y, weights, config), config.get("activation")),
                     config.get("data_format"))


def separable_conv(x, weights, config):
    y = depthwise(to_last(x, config.get("data_format")), weights[0], config)
    y = y @ weights[1].reshape(weights[1].shape[-2:])
    return from_last(activate(with_bias(y, weights, config), config.get("activation")),
                     config.get("data_format"))


def conv_transpose(x, weights, config):
    """Each input is spread over the output by the kernel, which is (k…, out, in)."""
    x = to_last(x, config.get("data_format"))
    n, kernel = x.ndim - 2, weights[0]
    strides = tuple_of(config.get("strides", 1), n)
    dilation = tuple_of(config.get("dilation_rate", 1), n)
    extra = config.get("output_padding")
    extra = None if extra is None else tuple_of(extra, n)
    sizes, starts = [], []
    for i in range(n):
        k, s, size = (kernel.shape[i] - 1) * dilation[i] + 1, strides[i], x.shape[1 + i]
        if config.get("padding", "valid") == "valid":
            out = size * s + max(k - s, 0) if extra is None else (size - 1) * s + k + extra[i]
            start = 0
        else:
            out = size * s if extra is None else (size - 1) * s + k % 2 + extra[i]
            start = max((size - 1) * s + k - out, 0) // 2
        sizes.append(out)
        starts.append(start)
    spread = np.zeros((x.shape[0], *sizes, kernel.shape[-2]))
    for at in itertools.product(*[range(size) for size in x.shape[1:-1]]):
        for place in itertools.product(*[range(k) for k in kernel.shape[:-2]]):
            to = [a * s + p * d - start
                  for a, s, p, d, start in zip(at, strides, place, dilation, starts)]
            if all(0 <= t < size for t, size in zip(to, sizes)):
                spread[(slice(None), *to)] += x[(slice(None), *at)] @ kernel[place].T
    return from_last(activate(with_bias(spread, weights, config), config.get("activation")),
                     config.get("data_format"))


# ---- pooling ----

def pool(x, config, kind):
    x = to_last(x, config.get("data_format"))
    n = x.ndim - 2
    size = tuple_of(config.get("pool_size", 2), n)
    strides = config.get("strides")
    strides = size if strides is None else tuple_of(strides, n)
    args = (size, strides, config.get("padding", "valid"), (1,) * n)
    if kind == "max":
        y = np.max([seen for _, seen in windows(x, *args, -np.inf)], axis=0)
    else:
        y = sum(seen for _, seen in windows(x, *args, 0))
        y = y / sum(seen for _, seen in windows(np.ones_like(x), *args, 0))
    return from_last(y, config.get("data_format"))


def global_pool(x, config, kind):
    first = config.get("data_format") == "channels_first"
    axes = tuple(range(2, x.ndim)) if first else tuple(range(1, x.ndim - 1))
    return (np.max if kind == "max" else np.mean)(x, axis=axes,
                                                  keepdims=config.get("keepdims", False))


def adaptive_pool(x, config, kind):
    x = to_last(x, config.get("data_format"))
    sizes = tuple_of(config["output_size"], x.ndim - 2)
    for axis, out in enumerate(sizes, 1):
        whole = x.shape[axis]
        parts = [np.take(x, range(math.floor(i * whole / out), math.ceil((i + 1) * whole / out)),
                         axis) for i in range(out)]
        x = np.stack([(np.max if kind == "max" else np.mean)(p, axis=axis) for p in parts], axis)
    return from_last(x, config.get("data_format"))


# ---- recurrent ----

def simple_rnn_cell(x, states, weights, config):
    h = x @ weights[0] + states[0] @ weights[1]
    h = activate(with_bias(h, weights, config), config.get("activation", "tanh"))
    return h, [h]


def lstm_cell(x, states, weights, config):
    z = with_bias(x @ weights[0] + states[0] @ weights[1], weights, config)
    i, f, c, o = np.split(z, 4, axis=-1)
    gate = config.get("recurrent_activation", "sigmoid")
    act = config.get("activation", "tanh")
    c = activate(f, gate) * states[1] + activate(i, gate) * activate(c, act)
    h = activate(o, gate) * activate(c, act)
    return h, [h, c]


def gru_cell(x, states, weights, config):
    h, (kernel, recurrent) = states[0], weights[:2]
    units = config["units"]
    gate = config.get("recurrent_activation", "sigmoid")
    after = config.get("reset_after", True)
    bias = np.zeros((2, 3 * units))
    if config.get("use_bias", True):
        bias = weights[2] if after else np.stack([weights[2], 0 * weights[2]])
    x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3, axis=-1)
    r_z, r_r, r_h = np.split(recurrent, 3, axis=-1)
    b_z, b_r, b_h = np.split(bias[1], 3)
    z, r = activate(x_z + h @ r_z + b_z, gate), activate(x_r + h @ r_r + b_r, gate)
    inner = r * (h @ r_h + b_h) if after else (r * h) @ r_h
    candidate = activate(x_h + inner, config.get("activation", "tanh"))
    h = z * h + (1 - z) * candidate
    return h, [h]


CELLS = {"SimpleRNN": (simple_rnn_cell, 1), "LSTM": (lstm_cell, 2), "GRU": (gru_cell, 1)}


def weights_of_cell(config):
    return 3 if config.get("use_bias", True) else 2


def run_steps(step, x, states, config, mask=None):
    """[output, states…] of a layer of @step (x, states) → (output, states); of a masked step there
    is the output and the state before it."""
    order = range(x.shape[1])[::-1] if config.get("go_backwards") else range(x.shape[1])
    outputs, last = [], None
    for t in order:
        out, after = step(x[:, t], states)
        if mask is not None:
            keep = mask[:, t].reshape((-1,) + (1,) * (out.ndim - 1))
            before = np.zeros_like(out) if last is None or config.get("zero_output_for_mask") \
                else last
            out = np.where(keep, out, before)
            after = [np.where(keep.reshape((-1,) + (1,) * (s.ndim - 1)), s, old)
                     for s, old in zip(after, states)]
        states, last = after, out
        outputs.append(out)
    y = np.stack(outputs, 1) if config.get("return_sequences") else last
    return [y, *states] if config.get("return_state") else [y]


def recurrent(x, weights, config, kind, mask=None, states=None):
    cell, n = CELLS[kind]
    if states is None:
        states = [np.zeros((len(x), config["units"]))] * n
    return run_steps(lambda now, s: cell(now, s, weights, config), x, states, config, mask)


def stacked(x, weights, config, cells, mask=None):
    """RNN over cells [(kind, config)], each fed by the one before."""
    states = [np.zeros((len(x), c["units"])) for kind, c in cells for _ in range(CELLS[kind][1])]

    def step(now, before):
        after, weight, state = [], 0, 0
        for kind, c in cells:
            cell, n = CELLS[kind]
            count = weights_of_cell(c)
            now, new = cell(now, before[state:state + n], weights[weight:weight + count], c)
            after += new
            weight, state = weight + count, state + n
        return now, after

    return run_steps(step, x, states, config, mask)


def bidirectional(x, weights, config, kind, merge="concat", mask=None, states=None, back=None):
    """With @back, another config, for the way back; weights are those forward, then those back."""
    back = dict(back or config, go_backwards=not config.get("go_backwards", False))
    sequences = config.get("return_sequences", False)
    count = weights_of_cell(config)
    half = None if states is None else len(states) // 2
    there = recurrent(x, weights[:count], dict(config, zero_output_for_mask=sequences), kind, mask,
                      None if states is None else states[:half])
    here = recurrent(x, weights[count:], dict(back, zero_output_for_mask=sequences), kind, mask,
                     None if states is None else states[half:])
    y, z = there[0], here[0][:, ::-1] if sequences else here[0]
    merged = {"concat": lambda: [np.concatenate([y, z], -1)], "sum": lambda: [y + z],
              "mul": lambda: [y * z], "ave": lambda: [(y + z) / 2], None: lambda: [y, z]}[merge]()
    return merged + there[1:] + here[1:]


def conv_lstm(x, weights, config):
    first = config.get("data_format") == "channels_first"
    x = np.moveaxis(x, 2, -1) if first else x
    n = x.ndim - 3
    gate = config.get("recurrent_activation", "sigmoid")
    act = config.get("activation", "tanh")

    def gates(now):
        z = convolve(now, weights[0], tuple_of(config.get("strides", 1), n),
                     config.get("padding", "valid"), tuple_of(config.get("dilation_rate", 1), n))
        return with_bias(z, weights, config)

    def step(now, states):
        h, c = states
        z = gates(now) + convolve(h, weights[1], (1,) * n, "same", (1,) * n)
        i, f, g, o = np.split(z, 4, axis=-1)
        c = activate(f, gate) * c + activate(i, gate) * activate(g, act)
        h = activate(o, gate) * activate(c, act)
        return h, [h, c]

    start = np.zeros(gates(x[:, 0]).shape[:-1] + (config["filters"],))
    outputs = run_steps(step, x, [start, start], config)
    if first:
        outputs = [np.moveaxis(y, -1, 2 if i == 0 and config.get("return_sequences") else 1)
                   for i, y in enumerate(outputs)]
    return outputs


# ---- normalization ----

def along(x, v, axes):
    """@v, of x's sizes along @axes, to be multiplied with x."""
    axes = [a % x.ndim for a in axes]
    v = np.transpose(v, np.argsort(axes))
    return v.reshape([x.shape[i] if i in axes else 1 for i in range(x.ndim)])


def batch_norm(x, weights, config):
    weights = list(weights)
    gamma = weights.pop(0) if config.get("scale", True) else None
    beta = weights.pop(0) if config.get("center", True) else None
    axis = [config.get("axis", -1)]
    mean, variance = [along(x, w, axis) for w in weights[:2]]
    y = (x - mean) / np.sqrt(variance + config.get("epsilon", 1e-3))
    y = y if gamma is None else y * along(x, gamma, axis)
    return y if beta is None else y + along(x, beta, axis)


def layer_norm(x, weights, config):
    axes = config.get("axis", -1)
    axes = [axes] if isinstance(axes, int) else axes
    weights = list(weights)
    mean, variance = [f(x, axis=tuple(axes), keepdims=True) for f in (np.mean, np.var)]
    y = (x - mean) / np.sqrt(variance + config.get("epsilon", 1e-3))
    if config.get("scale", True):
        y = y * along(x, weights.pop(0), axes)
    return y + along(x, weights.pop(0), axes) if config.get("center", True) else y


def group_norm(x, weights, config):
    axis = config.get("axis", -1) % x.ndim
    channels = x.shape[axis]
    groups = config.get("groups", 32)
    groups = channels if groups == -1 else groups
    y = np.moveaxis(x, axis, 1)
    apart = y.reshape((len(y), groups, channels // groups) + y.shape[2:])
    axes = tuple(range(2, apart.ndim))
    mean, variance = [f(apart, axis=axes, keepdims=True) for f in (np.mean, np.var)]
    apart = (apart - mean) / np.sqrt(variance + config.get("epsilon", 1e-3))
    y = np.moveaxis(apart.reshape(y.shape), 1, axis)
    weights = list(weights)
    if config.get("scale", True):
        y = y * along(x, weights.pop(0), [axis])
    return y + along(x, weights.pop(0), [axis]) if config.get("center", True) else y


def unit_norm(x, axis):
    return x / np.sqrt(np.maximum((x * x).sum(axis=axis, keepdims=True), 1e-12))


# ---- attention ----

def masked_scores(scores, mask):
    """In single precision: where a whole row is masked nothing is left of the scores' differences.
    """
    if mask is None:
        return scores
    low = scores.astype(np.float32) - np.float32(1e9) * (~mask).astype(np.float32)
    return np.where(mask, scores, low.astype(float))


def causal(t, s):
    return np.tril(np.ones((t, s), bool))[None]


def both(*masks):
    masks = [m for m in masks if m is not None]
    return None if not masks else np.logical_and.reduce(np.broadcast_arrays(*masks))


def attention(query, value, key, scores_of, query_mask=None, value_mask=None, is_causal=False):
    """[output, scores]."""
    scores = scores_of(query, value if key is None else key)
    mask = both(None if value_mask is None else value_mask[:, None, :],
                causal(*scores.shape[-2:]) if is_causal else None)
    if mask is not None:
        mask = np.broadcast_to(mask, scores.shape)
    weights = softmax(masked_scores(scores, mask))
    y = weights @ value
    return [y if query_mask is None else y * query_mask[..., None], weights]


def heads(query, key, value, mask=None):
    """Scaled dot products of (b, t, h, d): the output, the weights; mask (b, 1 or h, t, s)."""
    scores = np.einsum("bthd,bshd->bhts", query, key) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = masked_scores(scores, np.broadcast_to(mask, scores.shape))
    weights = softmax(scores)
    return np.einsum("bhts,bshd->bthd", weights, value), weights


def project(x, weights, use_bias):
    """(…, m) by (m, h, d); takes its weights off the list."""
    y = np.tensordot(x, weights.pop(0), 1)
    return y + weights.pop(0) if use_bias else y


def multi_head(query, value, key, weights, config, mask=None):
    """[output, scores] of (b, t, f); heads of keys and values may be fewer than of queries."""
    weights = list(weights)
    use_bias = config.get("use_bias", True)
    q = project(query, weights, use_bias)
    k = project(value if key is None else key, weights, use_bias)
    gate = project(query, weights, use_bias) if config.get("use_gate") else None
    v = project(value, weights, use_bias)
    repeats = q.shape[2] // k.shape[2]
    window = config.get("sliding_window")
    if window is not None:
        t, s = np.arange(q.shape[1])[:, None], np.arange(k.shape[1])[None, :]
        mask = both(mask, ((t - s < window) & (s - t < window))[None])
    y, scores = heads(q, np.repeat(k, repeats, 2), np.repeat(v, repeats, 2),
                      None if mask is None else mask[:, None])
    y = y if gate is None else y * sigmoid(gate)
    y = np.tensordot(y, weights.pop(0), 2)
    return [y + weights.pop(0) if use_bias else y, scores]


# ---- images ----

def cubic(t):
    """Keys's, with a = -1/2."""
    t = np.abs(t)
    return np.where(t < 1, ((1.5 * t - 2.5) * t) * t + 1,
                    np.where(t < 2, ((-0.5 * t + 2.5) * t - 4) * t + 2, 0))


def lanczos(radius):
    return lambda t: np.where(np.abs(t) < radius, np.sinc(t) * np.sinc(t / radius), 0)


KERNELS = {"bilinear": (1, lambda t: np.maximum(1 - np.abs(t), 0)), "bicubic": (2, cubic),
           "lanczos3": (3, lanczos(3)), "lanczos5": (5, lanczos(5))}


def resize_axis(x, axis, size, interpolation, antialias):
    """Pixels have their centres at halves; what the kernel reaches beyond the edge is left out, and
    the weights then add up to 1 again."""
    old = x.shape[axis]
    scale = old / size
    if interpolation == "nearest":
        return np.take(x, [min(int((i + 0.5) * scale), old - 1) for i in range(size)], axis)
    radius, kernel = KERNELS[interpolation]
    stretch = max(scale, 1) if antialias else 1
    matrix = np.zeros((size, old))
    for i in range(size):
        centre = (i + 0.5) * scale
        for j in range(old):
            if abs(j + 0.5 - centre) < radius * stretch + 1:
                matrix[i, j] = kernel((j + 0.5 - centre) / stretch)
        matrix[i] /= matrix[i].sum()
    return np.moveaxis(np.tensordot(matrix, x, (1, axis)), 0, axis)


def resize(x, height, width, interpolation="bilinear", antialias=False):
    """(batch, height, width, channels)."""
    return resize_axis(resize_axis(x, 1, height, interpolation, antialias), 2, width,
                       interpolation, antialias)


def smart_resize(x, height, width, interpolation="bilinear", antialias=False):
    """The largest middle part of the same proportions, resized."""
    h, w = x.shape[1:3]
    crop_h = max(min(h, int(w * height / width)), 1)
    crop_w = max(min(w, int(h * width / height)), 1)
    top, left = int((h - crop_h) / 2), int((w - crop_w) / 2)
    return resize(x[:, top:top + crop_h, left:left + crop_w], height, width, interpolation,
                  antialias)


def padded_resize(x, height, width, fill, interpolation="bilinear", antialias=False):
    h, w = x.shape[1:3]
    top = int((max(h, int(w * height / width)) - h) / 2)
    left = int((max(w, int(h * width / height)) - w) / 2)
    x = np.pad(x, [(0, 0), (top, top), (left, left), (0, 0)], constant_values=fill)
    return resize(x, height, width, interpolation, antialias)
