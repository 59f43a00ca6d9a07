/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes as text for people, written and read. */
#include <string.h>

#include "tensor/tn-symbol-private.h"

/* Deeper nesting than any normal form has; keeps hostile text from exhausting the stack. */
#define MAX_DEPTH 24
/* Factors A + c with an A that comes in squares are looked for up to this c. */
#define MAX_ROOT 32

/* ---- writing ---- */

static void append_poly (GString *out, const TnPoly *poly, gboolean brackets);

/* A floor with its constant set to @constant, as floor or, where it is one, as ceiling. */
static void
append_floor (GString *out, const TnPoly *inside, gint64 constant, gint64 by)
{
  TnPoly poly = *inside;
  gboolean up = constant == by - 1;

  if (tn_poly_constant (&poly) != 0)
    poly.n--;
  if (!up && constant != 0)
    poly.terms[poly.n++] = (TnTerm){ .times = constant };
  g_string_append (out, up ? "⌈" : "⌊");
  append_poly (out, &poly, poly.n > 1);
  g_string_append_printf (out, "/%" G_GINT64_FORMAT "%s", by, up ? "⌉" : "⌋");
}

static void
append_atom (GString *out, GQuark atom)
{
  TnPoly inside;
  gint64 by;

  if (tn_atom_is_floor (atom, &inside, &by))
    append_floor (out, &inside, tn_poly_constant (&inside), by);
  else
    g_string_append (out, g_quark_to_string (atom));
}

static void
append_number (GString *out, gint64 number)
{
  g_string_append_printf (out, "%" G_GUINT64_FORMAT,
                          number < 0 ? -(guint64)number : (guint64)number);
}

static void
append_sum (GString *out, const TnPoly *poly)
{
  for (guint i = 0; i < poly->n; i++)
    {
      const TnTerm *term = &poly->terms[i];

      if (i > 0)
        g_string_append (out, term->times < 0 ? " − " : " + ");
      else if (term->times < 0)
        g_string_append (out, "−");
      for (guint j = 0; j < term->n; j++)
        {
          if (j > 0)
            g_string_append (out, "·");
          append_atom (out, term->atoms[j]);
        }
      if (term->n == 0 || (term->times != 1 && term->times != -1))
        {
          if (term->n > 0)
            g_string_append (out, "·");
          append_number (out, term->times);
        }
    }
}

/* ⌊(n − k)/s⌋ + 1, as the windows of a convolution are counted; its normal form has everything
 * but a smaller constant outside. */
static gboolean
append_window (GString *out, const TnPoly *poly, gboolean brackets)
{
  const TnTerm *term = &poly->terms[0];
  TnPoly inside;
  gint64 by, constant;

  if (poly->n != 2 || term->times != 1 || term->n != 1 || tn_poly_constant (poly) >= 0
      || !tn_atom_is_floor (term->atoms[0], &inside, &by)
      || __builtin_mul_overflow (tn_poly_constant (poly) - 1, by, &constant)
      || __builtin_add_overflow (constant, tn_poly_constant (&inside), &constant))
    return FALSE;
  if (brackets)
    g_string_append_c (out, '(');
  append_floor (out, &inside, constant, by);
  g_string_append (out, brackets ? " + 1)" : " + 1");
  return TRUE;
}

static gboolean
try_factor (TnPoly *poly, gint64 times, GQuark atom, gint64 constant, TnPoly *factor)
{
  TnPoly rest = *poly, quotient;

  *factor = (TnPoly){ .n = 1, .terms = { { .times = times, .n = 1, .atoms = { atom } } } };
  if (constant != 0)
    factor->terms[factor->n++] = (TnTerm){ .times = constant };
  /* That it is a factor of itself says nothing. */
  if (!tn_poly_divide (&rest, factor, &quotient) || quotient.terms[0].n == 0)
    return FALSE;
  *poly = quotient;
  return TRUE;
}

/* @poly seen as @atom·Q + R: what its factor a·@atom + c must be, if R is a multiple of Q. */
static gboolean
guess_factor (const TnPoly *poly, GQuark atom, gint64 *times, gint64 *constant, gboolean *square)
{
  TnPoly with = { 0 }, without = { 0 };
  gint64 common;

  *square = FALSE;
  for (guint i = 0; i < poly->n; i++)
    {
      TnTerm term = { .times = poly->terms[i].times };
      gboolean found = FALSE;

      for (guint j = 0; j < poly->terms[i].n; j++)
        {
          GQuark here = poly->terms[i].atoms[j];

          *square = *square || (found && here == atom);
          if (here == atom && !found)
            found = TRUE;
          else
            term.atoms[term.n++] = here;
        }
      if (found)
        with.terms[with.n++] = term;
      else
        without.terms[without.n++] = poly->terms[i];
    }
  if (with.n == 0 || without.n == 0 || with.terms[0].n != without.terms[0].n)
    return FALSE;
  common = tn_common_divisor (with.terms[0].times, without.terms[0].times);
  if (common == 0)
    return FALSE;
  if (with.terms[0].times < 0)
    common = -common;
  *times = with.terms[0].times / common;
  *constant = without.terms[0].times / common;
  return TRUE;
}

static gboolean
find_factor (TnPoly *poly, TnPoly *factor)
{
  for (guint i = 0; i < poly->n; i++)
    for (guint j = 0; j < poly->terms[i].n; j++)
      {
        GQuark atom = poly->terms[i].atoms[j];
        gint64 times, constant;
        gboolean square;

        if (try_factor (poly, 1, atom, 0, factor))
          return TRUE;
        if (guess_factor (poly, atom, &times, &constant, &square)
            && try_factor (poly, times, atom, constant, factor))
          return TRUE;
        for (gint64 root = 1; square && root <= MAX_ROOT; root++)
          if (try_factor (poly, 1, atom, -root, factor) || try_factor (poly, 1, atom, root, factor))
            return TRUE;
      }
  return FALSE;
}

static void
append_poly (GString *out, const TnPoly *poly, gboolean brackets)
{
  TnPoly rest = *poly, factors[TN_MAX_FACTORS];
  gint64 common = 0;
  guint n = 0;

  if (poly->n == 0)
    {
      g_string_append_c (out, '0');
      return;
    }
  if (append_window (out, poly, brackets))
    return;
  /* A single term is a product as it is. */
  if (poly->n > 1)
    {
      for (guint i = 0; i < poly->n; i++)
        common = tn_common_divisor (common, poly->terms[i].times);
      for (guint i = 0; i < rest.n && common > 0; i++)
        rest.terms[i].times /= common;
      while (n < TN_MAX_FACTORS - 1 && rest.n > 1 && find_factor (&rest, &factors[n]))
        n++;
    }
  if (n == 0 && (common <= 1 || poly->n == 1))
    {
      if (brackets && poly->n > 1)
        g_string_append_c (out, '(');
      append_sum (out, poly);
      if (brackets && poly->n > 1)
        g_string_append_c (out, ')');
      return;
    }
  factors[n++] = rest;
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append (out, "·");
      append_poly (out, &factors[i], TRUE);
    }
  if (common != 1)
    {
      g_string_append (out, "·");
      append_number (out, common);
    }
}

char *
tn_dim_to_text (TnDim dim)
{
  TnPoly poly;
  GString *out;

  if (tn_dim_is_known (dim))
    return g_strdup_printf ("%" G_GINT64_FORMAT, dim.size);
  if (dim.symbol == 0 || !tn_poly_from_dim (&poly, dim))
    return g_strdup ("None");
  out = g_string_new (NULL);
  append_poly (out, &poly, FALSE);
  return g_string_free (out, FALSE);
}

/* ---- reading ---- */

typedef struct
{
  const char *at;
  int depth;
} Reader;

static gboolean
take (Reader *reader, const char *word)
{
  while (*reader->at == ' ')
    reader->at++;
  if (!g_str_has_prefix (reader->at, word))
    return FALSE;
  reader->at += strlen (word);
  return TRUE;
}

static gboolean
read_number (Reader *reader, gint64 *number)
{
  gboolean some = FALSE;

  take (reader, "");
  *number = 0;
  for (; g_ascii_isdigit (*reader->at); reader->at++, some = TRUE)
    if (__builtin_mul_overflow (*number, 10, number)
        || __builtin_add_overflow (*number, *reader->at - '0', number))
      return FALSE;
  return some;
}

static gboolean read_sum (Reader *reader, TnPoly *poly);

/* What stands between ⌊ or ⌈ and its end. */
static gboolean
read_floor (Reader *reader, gboolean up, TnPoly *poly)
{
  TnPoly inside, constant;
  gint64 by;

  return read_sum (reader, &inside) && take (reader, "/") && read_number (reader, &by) && by > 0
         && take (reader, up ? "⌉" : "⌋") && tn_poly_from_number (&constant, up ? by - 1 : 0)
         && tn_poly_add (&inside, &constant, 1) && tn_poly_floor (&inside, by, poly);
}

static gboolean
read_factor (Reader *reader, TnPoly *poly)
{
  char name[66] = "";
  gint64 number;

  take (reader, "");
  if (g_ascii_isdigit (*reader->at))
    return read_number (reader, &number) && tn_poly_from_number (poly, number);
  if (take (reader, "("))
    return read_sum (reader, poly) && take (reader, ")");
  if (take (reader, "⌊"))
    return read_floor (reader, FALSE, poly);
  if (take (reader, "⌈"))
    return read_floor (reader, TRUE, poly);
  for (gsize i = 0; i < sizeof name - 1 && (g_ascii_isalnum (*reader->at) || *reader->at == '_');)
    name[i++] = *reader->at++;
  return tn_symbol_is_name (name) && tn_poly_from_dim (poly, tn_symbol_new (name));
}

static gboolean
read_product (Reader *reader, TnPoly *poly)
{
  if (!read_factor (reader, poly))
    return FALSE;
  while (take (reader, "·") || take (reader, "*") || take (reader, "×"))
    {
      TnPoly left = *poly, right;

      if (!read_factor (reader, &right) || !tn_poly_multiply (&left, &right, poly))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_sum (Reader *reader, TnPoly *poly)
{
  gint64 sign = take (reader, "−") || take (reader, "-") ? -1 : 1;
  TnPoly product;

  if (++reader->depth > MAX_DEPTH)
    return FALSE;
  poly->n = 0;
  for (;;)
    {
      if (!read_product (reader, &product) || !tn_poly_add (poly, &product, sign))
        return FALSE;
      if (take (reader, "+"))
        sign = 1;
      else if (take (reader, "−") || take (reader, "-"))
        sign = -1;
      else
        break;
    }
  reader->depth--;
  return TRUE;
}

gboolean
tn_dim_from_text (const char *text, TnDim *dim)
{
  Reader reader = { .at = text };
  TnPoly poly;

  *dim = tn_dim (TN_DIM_UNKNOWN);
  if ((take (&reader, "None") || take (&reader, "null")) && !g_ascii_isalnum (*reader.at)
      && *reader.at != '_')
    {
      take (&reader, "");
      return *reader.at == '\0';
    }
  reader = (Reader){ .at = text };
  if (!read_sum (&reader, &poly))
    return FALSE;
  take (&reader, "");
  if (*reader.at != '\0' || ((poly.n == 0 || poly.terms[0].n == 0) && tn_poly_constant (&poly) < 0))
    return FALSE;
  *dim = tn_poly_to_dim (&poly);
  return tn_dim_is_known (*dim) || dim->symbol != 0;
}
