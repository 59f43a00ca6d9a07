/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Polynomials over atoms, the inside of symbolic sizes; for the files of this room only. */
#pragma once

#include "tensor/tn-symbol.h"

G_BEGIN_DECLS

/* Beyond these an expression helps nobody, and its size is plainly unknown. */
#define TN_MAX_TERMS   24
#define TN_MAX_FACTORS 8
#define TN_MAX_SYMBOL  480 /* bytes of normal form */

/* @times · atoms[0] · atoms[1] …; an atom is the quark of its normal form. */
typedef struct
{
  gint64 times;
  guint n;
  GQuark atoms[TN_MAX_FACTORS];
} TnTerm;

/* The sum of its terms: highest degree first, no two alike, none 0, a constant last. */
typedef struct
{
  guint n;
  TnTerm terms[TN_MAX_TERMS];
} TnPoly;

static inline gint64
tn_floor_div (gint64 a, gint64 b)
{
  return a / b - (a % b < 0);
}

/* All that return a gboolean: FALSE when it would grow beyond bounds. */
gboolean tn_poly_from_dim (TnPoly *poly, TnDim dim);
gboolean tn_poly_from_number (TnPoly *poly, gint64 number);
TnDim tn_poly_to_dim (const TnPoly *poly);
gboolean tn_poly_add (TnPoly *into, const TnPoly *poly, gint64 times);
gboolean tn_poly_multiply (const TnPoly *a, const TnPoly *b, TnPoly *product);
gboolean tn_poly_floor (const TnPoly *poly, gint64 by, TnPoly *quotient);
/* @rest becomes 0; FALSE when @by does not divide it. */
gboolean tn_poly_divide (TnPoly *rest, const TnPoly *by, TnPoly *quotient);
gint64 tn_poly_constant (const TnPoly *poly);
gint64 tn_common_divisor (gint64 a, gint64 b);
/* Is @atom a floor? Then what is inside. */
gboolean tn_atom_is_floor (GQuark atom, TnPoly *inside, gint64 *by);
/* Adds the quarks of the names that @poly is over to @names (of GQuark), each once. */
void tn_poly_names (const TnPoly *poly, GArray *names);
/* names[i] is values[i]; FALSE when one is missing, or on overflow. */
gboolean tn_poly_evaluate (const TnPoly *poly, const GQuark *names, const gint64 *values,
                           guint n_names, gint64 *out);
/* A number after which the floors of @poly begin again with what they put in front of them; FALSE
 * when it is above @most. */
gboolean tn_poly_period (const TnPoly *poly, gint64 most, gint64 *period);

G_END_DECLS
