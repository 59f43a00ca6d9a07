/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arithmetic of sizes that are expressions. */
#include <string.h>

#include "tensor/tn-symbol-private.h"

static const TnDim unknown = { .size = TN_DIM_UNKNOWN };

gboolean
tn_symbol_is_name (const char *name)
{
  static const char *const reserved[]
      = { "None", "True", "False", "none", "null", "true", "false", NULL };

  if (!g_ascii_isalpha (*name) && *name != '_')
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if ((!g_ascii_isalnum (*c) && *c != '_') || c - name >= 64)
      return FALSE;
  return !g_strv_contains (reserved, name);
}

TnDim
tn_symbol_new (const char *name)
{
  TnPoly poly = { .n = 1, .terms = { { .times = 1, .n = 1 } } };

  g_return_val_if_fail (tn_symbol_is_name (name), unknown);
  poly.terms[0].atoms[0] = g_quark_from_string (name);
  return tn_poly_to_dim (&poly);
}

const char *
tn_symbol_name (TnDim dim)
{
  const char *text = tn_dim_is_symbolic (dim) ? g_quark_to_string (dim.symbol) : NULL;

  return text != NULL && g_str_has_prefix (text, "1*") && tn_symbol_is_name (text + 2) ? text + 2
                                                                                       : NULL;
}

TnDim
tn_symbol_add (TnDim a, TnDim b)
{
  TnPoly x, y;

  if (!tn_poly_from_dim (&x, a) || !tn_poly_from_dim (&y, b) || !tn_poly_add (&x, &y, 1))
    return unknown;
  return tn_poly_to_dim (&x);
}

TnDim
tn_symbol_subtract (TnDim a, TnDim b)
{
  TnPoly x, y;

  if (!tn_poly_from_dim (&x, a) || !tn_poly_from_dim (&y, b) || !tn_poly_add (&x, &y, -1))
    return unknown;
  return tn_poly_to_dim (&x);
}

TnDim
tn_symbol_multiply (TnDim a, TnDim b)
{
  TnPoly x, y, product;

  if (!tn_poly_from_dim (&x, a) || !tn_poly_from_dim (&y, b)
      || !tn_poly_multiply (&x, &y, &product))
    return unknown;
  return tn_poly_to_dim (&product);
}

TnDim
tn_symbol_scale (TnDim dim, gint64 times, gint64 plus, gint64 by)
{
  TnPoly poly, scaled = { 0 }, constant, quotient;

  g_return_val_if_fail (by > 0, unknown);
  if (!tn_poly_from_dim (&poly, dim) || !tn_poly_add (&scaled, &poly, times)
      || !tn_poly_from_number (&constant, plus) || !tn_poly_add (&scaled, &constant, 1)
      || !tn_poly_floor (&scaled, by, &quotient))
    return unknown;
  return tn_poly_to_dim (&quotient);
}

TnDim
tn_symbol_ceil (TnDim dim, gint64 by)
{
  return tn_symbol_scale (dim, 1, by - 1, by);
}

TnDim
tn_symbol_divide (TnDim a, TnDim b)
{
  TnPoly x, y, quotient;

  if (!tn_poly_from_dim (&x, a) || !tn_poly_from_dim (&y, b))
    return unknown;
  if (tn_dim_is_known (b) && b.size > 0 && tn_symbol_is_multiple (a, b.size))
    return tn_symbol_scale (a, 1, 0, b.size);
  return tn_poly_divide (&x, &y, &quotient) ? tn_poly_to_dim (&quotient) : unknown;
}

gboolean
tn_symbol_is_multiple (TnDim dim, gint64 of)
{
  TnPoly poly;

  if (of < 1 || !tn_poly_from_dim (&poly, dim))
    return FALSE;
  for (guint i = 0; i < poly.n; i++)
    if (poly.terms[i].times % of != 0)
      return FALSE;
  return TRUE;
}

static int
compare_quarks (gconstpointer a, gconstpointer b)
{
  return strcmp (g_quark_to_string (*(const GQuark *)a), g_quark_to_string (*(const GQuark *)b));
}

char **
tn_symbol_names (TnDim dim)
{
  g_autoptr (GArray) names = g_array_new (FALSE, FALSE, sizeof (GQuark));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  TnPoly poly;

  if (tn_poly_from_dim (&poly, dim))
    tn_poly_names (&poly, names);
  g_array_sort (names, compare_quarks);
  for (guint i = 0; i < names->len; i++)
    g_strv_builder_add (builder, g_quark_to_string (g_array_index (names, GQuark, i)));
  return g_strv_builder_end (builder);
}

gboolean
tn_symbol_evaluate (TnDim dim, const char *const *names, const gint64 *values, guint n_names,
                    gint64 *out)
{
  g_autofree GQuark *quarks = g_new (GQuark, n_names + 1);
  TnPoly poly;

  if (tn_dim_is_known (dim))
    {
      *out = dim.size;
      return TRUE;
    }
  for (guint i = 0; i < n_names; i++)
    quarks[i] = g_quark_from_string (names[i]);
  return tn_poly_from_dim (&poly, dim) && tn_poly_evaluate (&poly, quarks, values, n_names, out);
}
