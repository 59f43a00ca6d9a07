/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of rows of numbers, a vector at a time: exponentials and what is made of them. */
#pragma once

#include "kernels/tn-cpu.h"

G_BEGIN_DECLS

typedef enum
{
  TN_FUNCTION_EXP,
  TN_FUNCTION_TANH,
  TN_FUNCTION_SIGMOID,     /* 1 / (1 + e^-x) */
  TN_FUNCTION_SILU,        /* x · sigmoid (x) */
  TN_FUNCTION_GELU,        /* x · (1 + erf (x / √2)) / 2 */
  TN_FUNCTION_SOFTPLUS,    /* log (1 + e^x) */
  TN_FUNCTION_LOG_SIGMOID, /* -softplus (-x) */
  TN_FUNCTION_MISH,        /* x · tanh (softplus (x)) */
  TN_FUNCTION_TANH_SHRINK, /* x - tanh (x) */
  TN_FUNCTION_ELU,         /* x < 0: params[1] · (e^(x / params[0]) - 1), else params[2] · x */
  TN_N_FUNCTIONS,
} TnFunction;

/* @n numbers; @out may be @in. Not-a-number stays so. */
typedef void (*TnFunctionMap) (const float *in, float *out, gint64 n, const float *params);

/**
 * TnFunctionSet:
 * @maps: by TnFunction. Up to 2e-7 of the value wrong, GELU and MISH 3e-7, except for the
 * difference that is TANH_SHRINK; where a result is smaller than the smallest normal number it may
 * be 0. What becomes of a number does not depend on where it stands or how many there are.
 * @largest: of @n numbers; -INFINITY of none
 * @exponentials: Σ e^(x - less), and its terms in @out unless that is NULL
 * @divide: each of @values by @by
 * @lstm: one step of @units: @z holds what goes into the gates i, f, the candidate, and o; c
 *     becomes sigmoid (f)·c + sigmoid (i)·tanh (candidate), h sigmoid (o)·tanh (c)
 * @gru: likewise with @z, the recurrent products for the gates z, r and the candidate, and @x, what
 *     arrives for each: h becomes z·h + (1 - z)·tanh (x + r·product)
 */
typedef struct
{
  TnFunctionMap maps[TN_N_FUNCTIONS];
  float (*largest) (const float *x, gint64 n);
  float (*exponentials) (const float *x, float less, float *out, gint64 n);
  void (*divide) (float *values, float by, gint64 n);
  void (*lstm) (const float *z, float *h, float *c, gint64 units);
  void (*gru) (const float *z, const float *x, float *h, gint64 units);
} TnFunctionSet;

/* The functions compiled for an instruction set, or NULL if there are none for this kind of
 * processor. Whether it can run them is told by tn_cpu (). */
const TnFunctionSet *tn_function_set (TnIsa isa);

G_END_DECLS
