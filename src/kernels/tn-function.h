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
  TN_FUNCTION_LOG,
  TN_FUNCTION_LOG2,
  TN_FUNCTION_LOG1P,
  TN_FUNCTION_EXPM1,
  TN_FUNCTION_SIN,
  TN_FUNCTION_COS,
  TN_FUNCTION_ERF,
  TN_N_FUNCTIONS,
} TnFunction;

/* @n numbers; @out may be @in. Not-a-number stays so. */
typedef void (*TnFunctionMap) (const float *in, float *out, gint64 n, const float *params);

/**
 * TnFunctionNormal:
 * @about_mean: squares are of what is left of a number without the row's mean
 * @less_mean: and so is what is scaled
 * @unit: scaled by 1 / √(the sum of squares, or epsilon if that is more); else by
 *     1 / √(their mean + epsilon)
 * @gamma, @beta: NULL or a row that the result is multiplied by and added to
 */
typedef struct
{
  gboolean about_mean, less_mean, unit;
  double epsilon;
  const float *gamma, *beta;
} TnFunctionNormal;

/**
 * TnFunctionSet:
 * @maps: by TnFunction. Up to 2e-7 of the value wrong, GELU, MISH and ERF 3e-7, except for the
 * difference that is TANH_SHRINK, and SIN and COS, which are up to 2e-7 wrong whatever the value;
 * where a result is smaller than the smallest normal number it may
 * be 0. What becomes of a number does not depend on where it stands or how many there are.
 * @largest: of @n numbers; -INFINITY of none
 * @exponentials: Σ e^(x - less), and its terms in @out unless that is NULL
 * @scale: each of @values times @by
 * @exponential_rows: of @m rows, each @step floats behind the one before it, e^(x - its largest) in
 *     their place, and 1 / their sum in @inverses
 * @scale_rows: each number of row i times by[i]
 * @normalize: a row brought to a common scale; @out may be @x, and either of gamma and beta
 * @lstm: one step of @units: @z holds what goes into the gates i, f, the candidate, and o; c
 *     becomes sigmoid (f)·c + sigmoid (i)·tanh (candidate), h sigmoid (o)·tanh (c)
 * @gru: likewise with @z, the recurrent products for the gates z, r and the candidate, and @x, what
 *     arrives for each: h becomes z·h + (1 - z)·tanh (x + r·product)
 *
 * The gates of lstm and gru are up to 4e-7 wrong, whatever their value.
 */
typedef struct
{
  TnFunctionMap maps[TN_N_FUNCTIONS];
  float (*largest) (const float *x, gint64 n);
  float (*exponentials) (const float *x, float less, float *out, gint64 n);
  void (*scale) (float *values, float by, gint64 n);
  void (*exponential_rows) (float *x, gint64 step, gint64 m, gint64 n, float *inverses);
  void (*scale_rows) (float *x, gint64 step, gint64 m, gint64 n, const float *by);
  void (*normalize) (const TnFunctionNormal *how, const float *x, float *out, gint64 n);
  void (*lstm) (const float *z, float *h, float *c, gint64 units);
  void (*gru) (const float *z, const float *x, float *h, gint64 units);
} TnFunctionSet;

/* The functions compiled for an instruction set, or NULL if there are none for this kind of
 * processor. Whether it can run them is told by tn_cpu (). */
const TnFunctionSet *tn_function_set (TnIsa isa);

G_END_DECLS
