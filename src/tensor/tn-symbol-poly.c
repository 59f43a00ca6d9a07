/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Polynomials over names and floors, and their one normal form. */
#include <string.h>

#include "tensor/tn-symbol-private.h"

/* The normal form as text: "1*H*[1*W/2]+-3", where [p/d] is ⌊p/d⌋. */

/* ---- order ---- */

/* Atoms go by the name that comes first in them, so that ⌊H/2⌋ stands beside H. */
static const char *
leading_name (const char *atom)
{
  while (*atom != '\0' && !g_ascii_isalpha (*atom) && *atom != '_')
    atom++;
  return atom;
}

static int
compare_names (const char *a, const char *b)
{
  while (*a == *b && (g_ascii_isalnum (*a) || *a == '_'))
    a++, b++;
  if (!g_ascii_isalnum (*a) && *a != '_' && !g_ascii_isalnum (*b) && *b != '_')
    return 0;
  return (guchar)*a - (guchar)*b;
}

static int
compare_atoms (GQuark a, GQuark b)
{
  const char *x, *y;
  int names;

  if (a == b)
    return 0;
  x = g_quark_to_string (a);
  y = g_quark_to_string (b);
  names = compare_names (leading_name (x), leading_name (y));
  return names != 0 ? names : strcmp (x, y);
}

static int
compare_terms (const TnTerm *a, const TnTerm *b)
{
  if (a->n != b->n)
    return a->n > b->n ? -1 : 1;
  for (guint i = 0; i < a->n; i++)
    {
      int order = compare_atoms (a->atoms[i], b->atoms[i]);

      if (order != 0)
        return order;
    }
  return 0;
}

/* ---- sums and products ---- */

static gboolean
add_term (TnPoly *poly, const TnTerm *term)
{
  guint place = 0;
  int order = 1;

  if (term->times == 0)
    return TRUE;
  while (place < poly->n && (order = compare_terms (&poly->terms[place], term)) < 0)
    place++;
  if (place < poly->n && order == 0)
    {
      if (__builtin_add_overflow (poly->terms[place].times, term->times, &poly->terms[place].times))
        return FALSE;
      if (poly->terms[place].times == 0)
        {
          poly->n--;
          memmove (&poly->terms[place], &poly->terms[place + 1],
                   (poly->n - place) * sizeof (TnTerm));
        }
      return TRUE;
    }
  if (poly->n == TN_MAX_TERMS)
    return FALSE;
  memmove (&poly->terms[place + 1], &poly->terms[place], (poly->n - place) * sizeof (TnTerm));
  poly->terms[place] = *term;
  poly->n++;
  return TRUE;
}

gboolean
tn_poly_from_number (TnPoly *poly, gint64 number)
{
  poly->n = number != 0;
  poly->terms[0] = (TnTerm){ .times = number };
  return TRUE;
}

gboolean
tn_poly_add (TnPoly *into, const TnPoly *poly, gint64 times)
{
  for (guint i = 0; i < poly->n; i++)
    {
      TnTerm term = poly->terms[i];

      if (__builtin_mul_overflow (term.times, times, &term.times) || !add_term (into, &term))
        return FALSE;
    }
  return TRUE;
}

static gboolean
multiply_terms (const TnTerm *a, const TnTerm *b, TnTerm *product)
{
  guint i = 0, j = 0;

  if (a->n + b->n > TN_MAX_FACTORS || __builtin_mul_overflow (a->times, b->times, &product->times))
    return FALSE;
  product->n = 0;
  while (i < a->n || j < b->n)
    if (j == b->n || (i < a->n && compare_atoms (a->atoms[i], b->atoms[j]) <= 0))
      product->atoms[product->n++] = a->atoms[i++];
    else
      product->atoms[product->n++] = b->atoms[j++];
  return TRUE;
}

gboolean
tn_poly_multiply (const TnPoly *a, const TnPoly *b, TnPoly *product)
{
  product->n = 0;
  for (guint i = 0; i < a->n; i++)
    for (guint j = 0; j < b->n; j++)
      {
        TnTerm term;

        if (!multiply_terms (&a->terms[i], &b->terms[j], &term) || !add_term (product, &term))
          return FALSE;
      }
  return TRUE;
}

/* Takes the atoms of @b out of @a; FALSE when one is not there, or the number does not divide. */
static gboolean
divide_term (const TnTerm *a, const TnTerm *b, TnTerm *quotient)
{
  guint j = 0;

  if (b->times == 0 || (b->times == -1 && a->times == G_MININT64) || a->times % b->times != 0)
    return FALSE;
  *quotient = (TnTerm){ .times = a->times / b->times };
  for (guint i = 0; i < a->n; i++)
    if (j < b->n && a->atoms[i] == b->atoms[j])
      j++;
    else
      quotient->atoms[quotient->n++] = a->atoms[i];
  return j == b->n;
}

/* Division of polynomials, leading term by leading term. */
gboolean
tn_poly_divide (TnPoly *rest, const TnPoly *by, TnPoly *quotient)
{
  quotient->n = 0;
  if (by->n == 0)
    return FALSE;
  for (guint steps = 0; rest->n > 0; steps++)
    {
      TnPoly part = { .n = 1 }, product;

      if (steps == TN_MAX_TERMS || !divide_term (&rest->terms[0], &by->terms[0], &part.terms[0])
          || !tn_poly_add (quotient, &part, 1) || !tn_poly_multiply (&part, by, &product)
          || !tn_poly_add (rest, &product, -1))
        return FALSE;
    }
  return TRUE;
}

gint64
tn_poly_constant (const TnPoly *poly)
{
  return poly->n > 0 && poly->terms[poly->n - 1].n == 0 ? poly->terms[poly->n - 1].times : 0;
}

/* ---- the normal form as text ---- */

static gboolean
append_poly (const TnPoly *poly, GString *out)
{
  if (poly->n == 0)
    g_string_append_c (out, '0');
  for (guint i = 0; i < poly->n; i++)
    {
      const TnTerm *term = &poly->terms[i];
      char number[24];

      g_snprintf (number, sizeof number, "%s%" G_GINT64_FORMAT, i > 0 ? "+" : "", term->times);
      g_string_append (out, number);
      for (guint j = 0; j < term->n; j++)
        {
          g_string_append_c (out, '*');
          g_string_append (out, g_quark_to_string (term->atoms[j]));
        }
      if (out->len > TN_MAX_SYMBOL)
        return FALSE;
    }
  return TRUE;
}

/* The end of the atom that starts at @text. */
static const char *
atom_end (const char *text)
{
  int depth = 0;

  if (*text != '[')
    {
      while (g_ascii_isalnum (*text) || *text == '_')
        text++;
      return text;
    }
  do
    depth += (*text == '[') - (*text == ']');
  while (*text++ != '\0' && depth > 0);
  return text;
}

/* Reads a normal form; @end gets where it stops. */
static gboolean
parse_poly (const char *text, TnPoly *poly, const char **end)
{
  poly->n = 0;
  for (;;)
    {
      TnTerm *term = &poly->terms[poly->n];
      char *rest;

      if (poly->n == TN_MAX_TERMS)
        return FALSE;
      term->times = g_ascii_strtoll (text, &rest, 10);
      if (rest == text)
        return FALSE;
      term->n = 0;
      for (text = rest; *text == '*';)
        {
          const char *stop = atom_end (++text);
          char atom[TN_MAX_SYMBOL + 1];
          gsize length = (gsize)(stop - text);

          if (length == 0 || length > TN_MAX_SYMBOL || term->n == TN_MAX_FACTORS)
            return FALSE;
          memcpy (atom, text, length);
          atom[length] = '\0';
          term->atoms[term->n++] = g_quark_from_string (atom);
          text = stop;
        }
      if (term->times != 0)
        poly->n++;
      if (*text != '+')
        break;
      text++;
    }
  *end = text;
  return TRUE;
}

gboolean
tn_poly_from_dim (TnPoly *poly, TnDim dim)
{
  const char *text, *end;

  if (dim.size >= 0)
    return tn_poly_from_number (poly, dim.size);
  text = dim.symbol != 0 ? g_quark_to_string (dim.symbol) : NULL;
  return text != NULL && parse_poly (text, poly, &end) && *end == '\0';
}

TnDim
tn_poly_to_dim (const TnPoly *poly)
{
  g_autoptr (GString) text = NULL;
  TnDim dim = tn_dim (TN_DIM_UNKNOWN);

  if (poly->n == 0 || poly->terms[0].n == 0)
    return tn_dim (MAX (tn_poly_constant (poly), 0));
  text = g_string_sized_new (64);
  if (append_poly (poly, text))
    dim.symbol = g_quark_from_string (text->str);
  return dim;
}

gboolean
tn_atom_is_floor (GQuark atom, TnPoly *inside, gint64 *by)
{
  const char *text = g_quark_to_string (atom);

  if (*text != '[' || !parse_poly (text + 1, inside, &text) || *text != '/')
    return FALSE;
  *by = g_ascii_strtoll (text + 1, NULL, 10);
  return *by > 0;
}

/* ---- floors ---- */

gint64
tn_common_divisor (gint64 a, gint64 b)
{
  while (b != 0)
    {
      gint64 rest = a % b;

      a = b;
      b = rest;
    }
  return ABS (a);
}

/* ⌊p/d⌋ with what d divides taken out: into @out goes the whole part, in @poly stays the rest, all
 * its coefficients from 0 to d − 1. */
static gboolean
take_whole (TnPoly *poly, gint64 by, TnPoly *out)
{
  TnPoly rest = { 0 };

  for (guint i = 0; i < poly->n; i++)
    {
      TnTerm whole = poly->terms[i], part = poly->terms[i];

      whole.times = tn_floor_div (part.times, by);
      part.times -= whole.times * by;
      if (!add_term (out, &whole) || !add_term (&rest, &part))
        return FALSE;
    }
  *poly = rest;
  return TRUE;
}

/* ⌊(⌊p/m⌋ + q)/d⌋ as ⌊(p + m·q)/(m·d)⌋: a floor within is not needed where it stands for itself. */
static gboolean
open_floor (TnPoly *poly, gint64 *by, gboolean *opened)
{
  *opened = FALSE;
  for (guint i = 0; i < poly->n; i++)
    {
      const TnTerm *term = &poly->terms[i];
      TnPoly inside, around;
      gint64 inner;

      if (term->times != 1 || term->n != 1 || !tn_atom_is_floor (term->atoms[0], &inside, &inner))
        continue;
      around = *poly;
      around.n--;
      memmove (&around.terms[i], &around.terms[i + 1], (around.n - i) * sizeof (TnTerm));
      *poly = inside;
      *opened = TRUE;
      return tn_poly_add (poly, &around, inner) && !__builtin_mul_overflow (*by, inner, by);
    }
  return TRUE;
}

/* A common factor of everything but the constant, and of the divisor, changes nothing. */
static void
cancel (TnPoly *poly, gint64 *by)
{
  gint64 common = *by;

  for (guint i = 0; i < poly->n; i++)
    if (poly->terms[i].n > 0)
      common = tn_common_divisor (common, poly->terms[i].times);
  if (common == 1)
    return;
  for (guint i = 0; i < poly->n; i++)
    poly->terms[i].times = tn_floor_div (poly->terms[i].times, common);
  if (poly->n > 0 && poly->terms[poly->n - 1].times == 0)
    poly->n--;
  *by /= common;
}

gboolean
tn_poly_floor (const TnPoly *poly, gint64 by, TnPoly *quotient)
{
  g_autoptr (GString) text = NULL;
  TnPoly rest = *poly;
  TnTerm term = { .times = 1, .n = 1 };
  gboolean opened;

  g_return_val_if_fail (by > 0, FALSE);
  quotient->n = 0;
  do
    {
      if (!take_whole (&rest, by, quotient))
        return FALSE;
      cancel (&rest, &by);
      if (!open_floor (&rest, &by, &opened))
        return FALSE;
    }
  while (opened);
  /* Only a constant smaller than the divisor: nothing is left. */
  if (rest.n == 0 || rest.terms[0].n == 0)
    return TRUE;
  if (by == 1)
    return tn_poly_add (quotient, &rest, 1);
  text = g_string_new ("[");
  if (!append_poly (&rest, text))
    return FALSE;
  g_string_append_printf (text, "/%" G_GINT64_FORMAT "]", by);
  term.atoms[0] = g_quark_from_string (text->str);
  return text->len <= TN_MAX_SYMBOL && add_term (quotient, &term);
}

/* ---- values ---- */

void
tn_poly_names (const TnPoly *poly, GArray *names)
{
  for (guint i = 0; i < poly->n; i++)
    for (guint j = 0; j < poly->terms[i].n; j++)
      {
        GQuark atom = poly->terms[i].atoms[j];
        gboolean there = FALSE;
        TnPoly inside;
        gint64 by;

        if (tn_atom_is_floor (atom, &inside, &by))
          {
            tn_poly_names (&inside, names);
            continue;
          }
        for (guint k = 0; k < names->len && !there; k++)
          there = g_array_index (names, GQuark, k) == atom;
        if (!there)
          g_array_append_val (names, atom);
      }
}

static gboolean
evaluate_atom (GQuark atom, const GQuark *names, const gint64 *values, guint n_names, gint64 *out)
{
  TnPoly inside;
  gint64 by;

  for (guint i = 0; i < n_names; i++)
    if (names[i] == atom)
      {
        *out = values[i];
        return TRUE;
      }
  if (!tn_atom_is_floor (atom, &inside, &by)
      || !tn_poly_evaluate (&inside, names, values, n_names, out))
    return FALSE;
  *out = tn_floor_div (*out, by);
  return TRUE;
}

gboolean
tn_poly_evaluate (const TnPoly *poly, const GQuark *names, const gint64 *values, guint n_names,
                  gint64 *out)
{
  *out = 0;
  for (guint i = 0; i < poly->n; i++)
    {
      gint64 product = poly->terms[i].times;

      for (guint j = 0; j < poly->terms[i].n; j++)
        {
          gint64 value;

          if (!evaluate_atom (poly->terms[i].atoms[j], names, values, n_names, &value)
              || __builtin_mul_overflow (product, value, &product))
            return FALSE;
        }
      if (__builtin_add_overflow (*out, product, out))
        return FALSE;
    }
  return TRUE;
}

gboolean
tn_poly_period (const TnPoly *poly, gint64 most, gint64 *period)
{
  *period = 1;
  for (guint i = 0; i < poly->n; i++)
    for (guint j = 0; j < poly->terms[i].n; j++)
      {
        TnPoly inside;
        gint64 by, within;

        if (!tn_atom_is_floor (poly->terms[i].atoms[j], &inside, &by))
          continue;
        /* After this many steps what is inside has grown by a multiple of the divisor. */
        if (!tn_poly_period (&inside, most, &within) || by > most || within * by > most)
          return FALSE;
        within *= by;
        *period = *period / tn_common_divisor (*period, within) * within;
        if (*period > most)
          return FALSE;
      }
  return TRUE;
}
