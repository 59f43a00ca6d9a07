/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dims and shapes, by value; a dim may be unknown, a shape may be not known at all. */
#pragma once

#include <glib.h>

#include "base/tn-value.h"

G_BEGIN_DECLS

/* Keras's own layers need 6 (ConvLSTM3D); a file with more is refused by the reader. */
#define TN_MAX_RANK    8
#define TN_DIM_UNKNOWN ((gint64)-1)

/**
 * TnDim:
 * @size: number of elements along the axis, or TN_DIM_UNKNOWN
 * @symbol: 0, or the id of a named symbol or an expression over such (then @size is unknown);
 *   tensor/tn-symbol.h says more
 * @trace: 0, or, while a rule is being recorded, the step that made this dim; never compared
 */
typedef struct
{
  gint64 size;
  guint32 symbol;
  guint32 trace;
} TnDim;

/**
 * TnShape:
 * @rank: number of axes, batch included; -1 when nothing is known of the shape
 * @dims: the axes, dims[0] is the batch
 */
typedef struct
{
  gint32 rank;
  TnDim dims[TN_MAX_RANK];
} TnShape;

static inline TnDim
tn_dim (gint64 size)
{
  return (TnDim){ .size = size < 0 ? TN_DIM_UNKNOWN : size };
}

static inline gboolean
tn_dim_is_known (TnDim dim)
{
  return dim.size >= 0;
}

/* Same size, or both unknown with the same symbol. */
static inline gboolean
tn_dim_identical (TnDim a, TnDim b)
{
  return a.size == b.size && a.symbol == b.symbol;
}

/* Of sizes of which at least one is an expression: FALSE when no values of the symbols make them
 * equal. */
gboolean tn_dim_may_agree (TnDim a, TnDim b);

/* May be the same at run time: unknown fits everything, an expression what it can be. */
static inline gboolean
tn_dim_compatible (TnDim a, TnDim b)
{
  if (G_LIKELY (a.symbol == 0 && b.symbol == 0))
    return a.size < 0 || b.size < 0 || a.size == b.size;
  return tn_dim_may_agree (a, b);
}

/* Nothing known. */
TnShape tn_shape_none (void);
/* @sizes: TN_DIM_UNKNOWN for unknown; @rank at most TN_MAX_RANK. */
TnShape tn_shape_new (const gint64 *sizes, int rank);
/* The same axes with @dim added at the end; not known when there is no room. */
TnShape tn_shape_append (TnShape shape, TnDim dim);

static inline gboolean
tn_shape_is_some (const TnShape *shape)
{
  return shape->rank >= 0;
}

/* All axes known? @from: first axis asked for (1: the batch may be unknown). */
gboolean tn_shape_is_full (const TnShape *shape, int from);
gboolean tn_shape_identical (const TnShape *a, const TnShape *b);
gboolean tn_shape_compatible (const TnShape *a, const TnShape *b);
/* Product of the axes from @from on; TN_DIM_UNKNOWN when one is unknown or the product overflows.
 */
gint64 tn_shape_elements (const TnShape *shape, int from);
/* An axis counted from the end made one from the front; -1 when out of range. */
int tn_shape_axis (const TnShape *shape, gint64 axis);

/* "(None, 26, 26, 32)", "(None, ⌊H/2⌋, 3)", "(None,)", "()", or "?" when nothing is known. */
char *tn_shape_to_text (const TnShape *shape);
/* What tn_shape_to_text() writes, and also "28, 28, 1", "T, 40" or "[null, 4]". */
gboolean tn_shape_from_text (const char *text, TnShape *shape);
/* Is any axis an expression over symbols? */
gboolean tn_shape_is_symbolic (const TnShape *shape);
/* A list of ints and None, which stands for what is symbolic as well. From: also names of symbols;
 * FALSE when it is something else, negative, or longer than TN_MAX_RANK. */
TnValue *tn_shape_to_value (const TnShape *shape);
gboolean tn_shape_from_value (const TnValue *value, TnShape *shape);

G_END_DECLS
