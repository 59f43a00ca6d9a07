/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes that are expressions over named symbols: H, ⌊H/2⌋, ⌊(T − 3)/2⌋ + 1, H·W·64. */
#pragma once

#include "tensor/tn-shape.h"

G_BEGIN_DECLS

/* An expression is a polynomial with whole coefficients over atoms; an atom is the name of a symbol
 * or a floor, ⌊polynomial / positive number⌋. It is kept in one normal form, in which
 * ⌊(d·q + r)/d⌋ is q + ⌊r/d⌋ and ⌊⌊p/a⌋/b⌋ is ⌊p/(a·b)⌋, so that equal expressions are the same.
 *
 * A dim holds the id of its expression in TnDim.symbol. The id is GLib's quark for the normal
 * form as text: quarks are one table for the whole process and may be used from any thread. So
 * dims stay plain values, comparing ids compares expressions, and nothing has to be freed; an id
 * means nothing outside of the process.
 *
 * Symbols stand for whole numbers of at least 1. What is unknown without a symbol stays unknown in
 * all arithmetic; so does what would grow beyond bounds (an overflow, too many terms). An
 * expression without any symbol left is a number; below 0 it is 0, as nothing can be smaller.
 * Numbers alone are calculated as well. */

/* Is it neither a number nor plainly unknown? */
static inline gboolean
tn_dim_is_symbolic (TnDim dim)
{
  return dim.size < 0 && dim.symbol != 0;
}

/* A letter or “_”, then letters, digits and “_”, in ASCII, at most 64; no word for None, True or
 * False. */
gboolean tn_symbol_is_name (const char *name);
/* The size that is called @name, which must be a name. */
TnDim tn_symbol_new (const char *name);
/* @dim itself if it is but a name, else NULL. */
const char *tn_symbol_name (TnDim dim);

TnDim tn_symbol_add (TnDim a, TnDim b);
TnDim tn_symbol_subtract (TnDim a, TnDim b);
TnDim tn_symbol_multiply (TnDim a, TnDim b);
/* ⌊(@dim · @times + @plus) / @by⌋, @by at least 1: windows, and what they are made of. */
TnDim tn_symbol_scale (TnDim dim, gint64 times, gint64 plus, gint64 by);
/* ⌈@dim / @by⌉. */
TnDim tn_symbol_ceil (TnDim dim, gint64 by);
/* @a / @b where that is an expression for all values of the symbols; else unknown. */
TnDim tn_symbol_divide (TnDim a, TnDim b);
/* @dim − @times·⌊@dim/@times⌋ is 0 for all values of the symbols? */
gboolean tn_symbol_is_multiple (TnDim dim, gint64 of);

/* The names of the symbols in @dim, in order of the alphabet; NULL-terminated, to be freed with
 * g_strfreev(). Empty for a number. */
char **tn_symbol_names (TnDim dim);
/* The value of @dim where names[i] is values[i]; FALSE when a symbol is missing, the dim is plainly
 * unknown, or on overflow. May be negative, where windows reach beyond what there is. */
gboolean tn_symbol_evaluate (TnDim dim, const char *const *names, const gint64 *values,
                             guint n_names, gint64 *out);

/* "26", "None", "⌊(T − 3)/2⌋ + 1", "H·W·64". */
char *tn_dim_to_text (TnDim dim);
/* What tn_dim_to_text() writes, and * for ·, - for −. */
gboolean tn_dim_from_text (const char *text, TnDim *dim);

G_END_DECLS
