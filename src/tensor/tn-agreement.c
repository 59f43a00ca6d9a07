/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two sizes agree where their difference is 0: its floors repeat after a period, within which every
 * value is tried. */
#include "tensor/tn-agreement.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "tensor/tn-symbol-private.h"

/* Differences that repeat later, or have zeros beyond, are not decided. */
#define MOST_TRIED 4096
/* More values than this are not listed in a text. */
#define MOST_LISTED 6

void
tn_agreement_clear (TnAgreement *agreement)
{
  g_clear_pointer (&agreement->values, g_array_unref);
}

/* How often a symbol is multiplied with itself at most. */
static guint
degree_of (const TnPoly *poly)
{
  guint degree = 0;

  for (guint i = 0; i < poly->n; i++)
    {
      guint here = 0;

      for (guint j = 0; j < poly->terms[i].n; j++)
        {
          TnPoly inside;
          gint64 by;

          here
              += tn_atom_is_floor (poly->terms[i].atoms[j], &inside, &by) ? degree_of (&inside) : 1;
        }
      degree = MAX (degree, here);
    }
  return degree;
}

static TnAgreement
agreement_of (GQuark symbol, gint64 period, GArray *values)
{
  TnAgreement agreement = { .kind = TN_AGREES_SOMETIMES,
                            .symbol = g_quark_to_string (symbol),
                            .period = period,
                            .values = values };

  if (values->len > 0 && (gint64)values->len != period)
    return agreement;
  agreement.kind = values->len == 0 ? TN_AGREES_NEVER : TN_AGREES_ALWAYS;
  agreement.symbol = NULL;
  tn_agreement_clear (&agreement);
  return agreement;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return (x > y) - (x < y);
}

/* After a period the difference has grown by the same number everywhere. */
static gboolean
judge_linear (const TnPoly *difference, GQuark symbol, TnAgreement *agreement)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 period, first, later, growth;

  if (!tn_poly_period (difference, MOST_TRIED, &period)
      || !tn_poly_evaluate (difference, &symbol, &(gint64){ 1 }, 1, &first)
      || !tn_poly_evaluate (difference, &symbol, &(gint64){ 1 + period }, 1, &later)
      || __builtin_sub_overflow (later, first, &growth))
    return FALSE;
  for (gint64 value = 1; value <= period; value++)
    {
      gint64 zero = value % period, here, more;

      if (!tn_poly_evaluate (difference, &symbol, &value, 1, &here))
        return FALSE;
      if (growth == 0 ? here != 0 : here % growth != 0 || here / growth > 0)
        continue;
      if (growth != 0
          && (__builtin_mul_overflow (-(here / growth), period, &more)
              || __builtin_add_overflow (value, more, &zero)))
        return FALSE;
      g_array_append_val (values, zero);
    }
  g_array_sort (values, compare_numbers);
  *agreement = agreement_of (symbol, growth == 0 ? period : 0, g_steal_pointer (&values));
  return TRUE;
}

/* A polynomial without floors has no zeros beyond 1 + its largest coefficient / its first. */
static gboolean
judge_power (const TnPoly *difference, GQuark symbol, TnAgreement *agreement)
{
  g_autoptr (GArray) values = NULL;
  gint64 largest = 0, leading = difference->terms[0].times;

  for (guint i = 0; i < difference->n; i++)
    {
      if (difference->terms[i].times == G_MININT64)
        return FALSE;
      largest = MAX (largest, ABS (difference->terms[i].times));
      for (guint j = 0; j < difference->terms[i].n; j++)
        if (difference->terms[i].atoms[j] != symbol)
          return FALSE;
    }
  if (largest / ABS (leading) + 2 > MOST_TRIED)
    return FALSE;
  values = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (gint64 value = 1; value <= largest / ABS (leading) + 2; value++)
    {
      gint64 here;

      if (!tn_poly_evaluate (difference, &symbol, &value, 1, &here))
        return FALSE;
      if (here == 0)
        g_array_append_val (values, value);
    }
  *agreement = agreement_of (symbol, 0, g_steal_pointer (&values));
  return TRUE;
}

/* Can be seen not to be 0 whatever the symbols are. */
static gboolean
is_never_zero (const TnPoly *difference)
{
  gint64 common = 0, constant = tn_poly_constant (difference);
  gboolean positive = TRUE, negative = TRUE, some = constant != 0;

  for (guint i = 0; i < difference->n; i++)
    {
      const TnTerm *term = &difference->terms[i];
      gboolean names = TRUE;

      positive = positive && term->times > 0;
      negative = negative && term->times < 0;
      if (term->n > 0)
        common = tn_common_divisor (common, term->times);
      for (guint j = 0; j < term->n; j++)
        names = names && *g_quark_to_string (term->atoms[j]) != '[';
      /* A product of symbols is at least 1; a floor may be 0. */
      some = some || names;
    }
  return ((positive || negative) && some) || (common > 1 && constant % common != 0);
}

TnAgreement
tn_agreement_judge (TnDim a, TnDim b)
{
  g_autoptr (GArray) names = NULL;
  TnAgreement agreement = { .kind = TN_AGREES_SOMETIMES };
  TnPoly difference, other;

  if (tn_dim_is_known (a) && tn_dim_is_known (b))
    return (TnAgreement){ .kind = a.size == b.size ? TN_AGREES_ALWAYS : TN_AGREES_NEVER };
  if (!tn_poly_from_dim (&difference, a) || !tn_poly_from_dim (&other, b))
    return (TnAgreement){ .kind = TN_AGREES_UNKNOWN };
  if (!tn_poly_add (&difference, &other, -1))
    return agreement;
  if (difference.n == 0)
    return (TnAgreement){ .kind = TN_AGREES_ALWAYS };
  if (is_never_zero (&difference))
    return (TnAgreement){ .kind = TN_AGREES_NEVER };
  names = g_array_new (FALSE, FALSE, sizeof (GQuark));
  tn_poly_names (&difference, names);
  if (names->len == 1)
    {
      GQuark symbol = g_array_index (names, GQuark, 0);

      if (degree_of (&difference) == 1)
        judge_linear (&difference, symbol, &agreement);
      else
        judge_power (&difference, symbol, &agreement);
    }
  return agreement;
}

TnDim
tn_agreement_stricter (TnDim a, TnDim b)
{
  gint64 of_a = 0, of_b = 0;
  TnPoly poly;

  if (tn_dim_is_known (a) || tn_dim_is_known (b))
    return tn_dim_is_known (a) ? a : b;
  if (!tn_poly_from_dim (&poly, a) || !tn_poly_period (&poly, G_MAXINT32, &of_a))
    return b;
  if (!tn_poly_from_dim (&poly, b) || !tn_poly_period (&poly, G_MAXINT32, &of_b))
    return a;
  return of_b > of_a ? b : a;
}

gboolean
tn_agreement_allows (const TnAgreement *agreement, gint64 value)
{
  if (agreement->symbol == NULL)
    return agreement->kind != TN_AGREES_NEVER;
  if (agreement->period > 0)
    value %= agreement->period;
  for (guint i = 0; i < agreement->values->len; i++)
    if (g_array_index (agreement->values, gint64, i) == value)
      return TRUE;
  return FALSE;
}

TnAgreement
tn_agreement_meet (const TnAgreement *a, const TnAgreement *b)
{
  TnAgreement both = { .kind = TN_AGREES_SOMETIMES };
  g_autoptr (GArray) values = NULL;
  const TnAgreement *few = a->period == 0 ? a : b, *other = few == a ? b : a;
  gint64 period;

  if (a->symbol == NULL || b->symbol == NULL || strcmp (a->symbol, b->symbol) != 0)
    return both;
  values = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (few->period == 0)
    {
      for (guint i = 0; i < few->values->len; i++)
        if (tn_agreement_allows (other, g_array_index (few->values, gint64, i)))
          g_array_append_val (values, g_array_index (few->values, gint64, i));
      return agreement_of (g_quark_from_string (a->symbol), 0, g_steal_pointer (&values));
    }
  period = a->period / tn_common_divisor (a->period, b->period) * b->period;
  if (period > MOST_TRIED)
    return both;
  for (gint64 value = 0; value < period; value++)
    if (tn_agreement_allows (a, value) && tn_agreement_allows (b, value))
      g_array_append_val (values, value);
  return agreement_of (g_quark_from_string (a->symbol), period, g_steal_pointer (&values));
}

gboolean
tn_agreement_implies (const TnAgreement *a, const TnAgreement *b)
{
  g_auto (TnAgreement) both = { .kind = TN_AGREES_UNKNOWN };

  if (b->kind == TN_AGREES_ALWAYS)
    return TRUE;
  if (a->symbol == NULL || b->symbol == NULL)
    return FALSE;
  both = tn_agreement_meet (a, b);
  /* As many as before within the same span: none was lost. */
  return both.symbol != NULL
         && (a->period == 0
                 ? both.values->len == a->values->len
                 : both.values->len == a->values->len * (guint)(both.period / a->period));
}

/* ---- text ---- */

/* "7", "7 or 8", "7, 8 or 9". */
static char *
list_values (const GArray *values)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < values->len; i++)
    {
      if (i > 0)
        g_string_append (out, i + 1 == values->len ? _ (" or ") : _ (", "));
      g_string_append_printf (out, "%" G_GINT64_FORMAT, g_array_index (values, gint64, i));
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* The shortest period that says the same. */
static TnAgreement
shorten (const TnAgreement *agreement)
{
  for (gint64 period = 2; period < agreement->period; period++)
    {
      g_autoptr (GArray) values = NULL;
      gboolean same = agreement->period % period == 0;

      for (gint64 value = 0; value + period < agreement->period && same; value++)
        same = tn_agreement_allows (agreement, value)
               == tn_agreement_allows (agreement, value + period);
      if (!same)
        continue;
      values = g_array_new (FALSE, FALSE, sizeof (gint64));
      for (gint64 value = 0; value < period; value++)
        if (tn_agreement_allows (agreement, value))
          g_array_append_val (values, value);
      return (TnAgreement){ agreement->kind, agreement->symbol, period, g_steal_pointer (&values) };
    }
  return (TnAgreement){ agreement->kind, agreement->symbol, agreement->period,
                        g_array_ref (agreement->values) };
}

static char *
remainders_to_text (const char *symbol, gint64 period, const GArray *values)
{
  gint64 first = g_array_index (values, gint64, 0);
  gint64 last = g_array_index (values, gint64, values->len - 1);
  g_autofree char *list = NULL;

  if (values->len == 1 && first == 0)
    return g_strdup_printf (_ ("%s is a multiple of %" PRIi64), symbol, period);
  if (period > 2 && first == 1 && (gint64)values->len == period - 1)
    return g_strdup_printf (_ ("%s is not a multiple of %" PRIi64), symbol, period);
  if (values->len > 2 && last - first + 1 == (gint64)values->len)
    return g_strdup_printf (
        _ ("%s leaves a remainder from %" PRIi64 " to %" PRIi64 " when divided by %" PRIi64),
        symbol, first, last, period);
  if (values->len > MOST_LISTED)
    return g_strdup_printf (_ ("%s leaves one of %u remainders when divided by %" PRIi64), symbol,
                            values->len, period);
  list = list_values (values);
  return g_strdup_printf (_ ("%s leaves the remainder %s when divided by %" PRIi64), symbol, list,
                          period);
}

char *
tn_agreement_to_text (const TnAgreement *agreement, TnDim a, TnDim b)
{
  g_autofree char *list = NULL;

  if (agreement->symbol == NULL)
    {
      g_autofree char *left = tn_dim_to_text (a), *right = tn_dim_to_text (b);
      /* The number, or what is shorter, stands last: "H·W is 4096". */
      gboolean shorter = strlen (left) != strlen (right) ? strlen (left) < strlen (right)
                                                         : strcmp (left, right) > 0;

      if (tn_dim_is_known (a) || (!tn_dim_is_known (b) && shorter))
        return g_strdup_printf (_ ("%s is %s"), right, left);
      return g_strdup_printf (_ ("%s is %s"), left, right);
    }
  if (agreement->period > 0)
    {
      g_auto (TnAgreement) shortest = shorten (agreement);

      return remainders_to_text (agreement->symbol, shortest.period, shortest.values);
    }
  if (agreement->values->len > MOST_LISTED)
    return g_strdup_printf (_ ("%s is one of %u values from %" PRIi64 " to %" PRIi64),
                            agreement->symbol, agreement->values->len,
                            g_array_index (agreement->values, gint64, 0),
                            g_array_index (agreement->values, gint64, agreement->values->len - 1));
  list = list_values (agreement->values);
  return g_strdup_printf (_ ("%s is %s"), agreement->symbol, list);
}
