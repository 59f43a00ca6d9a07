/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules for sizes: found in a row of verdicts, asked, and told. */
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-solve.h"

/* So many sizes in a row must have been seen to follow a rule before it is believed. */
#define LEAST_TAIL 16
/* More single sizes than this make no sentence. */
#define MOST_SINGLE 8

const char *
tn_sizes_kind_name (TnSizesKind kind)
{
  static const char *const names[] = {
    [TN_SIZES_NONE] = "none", [TN_SIZES_SET] = "set",       [TN_SIZES_RANGE] = "range",
    [TN_SIZES_FROM] = "from", [TN_SIZES_UNSURE] = "unsure",
  };

  return names[kind];
}

void
tn_sizes_rule_clear (TnSizesRule *rule)
{
  g_clear_pointer (&rule->residues, g_array_unref);
  g_clear_pointer (&rule->sizes, g_array_unref);
  *rule = (TnSizesRule){ .kind = TN_SIZES_NONE };
}

static gboolean
holds (const GArray *numbers, gint64 number)
{
  for (guint i = 0; numbers != NULL && i < numbers->len; i++)
    if (g_array_index (numbers, gint64, i) == number)
      return TRUE;
  return FALSE;
}

gboolean
tn_sizes_rule_allows (const TnSizesRule *rule, gint64 size)
{
  switch (rule->kind)
    {
    case TN_SIZES_NONE:
      return FALSE;
    case TN_SIZES_RANGE:
      return size >= rule->least && size <= rule->most;
    case TN_SIZES_FROM:
      if (size >= rule->least)
        return holds (rule->residues, size % rule->step);
      return holds (rule->sizes, size);
    case TN_SIZES_SET:
    case TN_SIZES_UNSURE:
      return holds (rule->sizes, size);
    }
  return FALSE;
}

/* ---- finding ---- */

/* Where the tail begins (an index into @verdicts) that repeats with @period up to the end. */
static guint
tail_start (const guint8 *verdicts, guint n, guint period)
{
  guint at = n - period;

  while (at > 0 && verdicts[at - 1] == verdicts[at - 1 + period])
    at--;
  return at;
}

static void
collect (const guint8 *verdicts, guint n, GArray *sizes)
{
  for (guint i = 0; i < n; i++)
    if (verdicts[i])
      {
        gint64 size = i + 1;

        g_array_append_val (sizes, size);
      }
}

/* Nothing works any more after the last that did: a range, or single sizes. */
static gboolean
find_finite (const guint8 *verdicts, guint n, guint hint, TnSizesRule *rule)
{
  guint last = n, n_works = 0, first = n;

  while (last > 0 && !verdicts[last - 1])
    last--;
  /* However far a rule goes on, it may begin late. */
  if (last == 0 || n - last < MAX (4 * hint, 256) || n < 2 * last)
    return FALSE;
  for (guint i = last; i-- > 0;)
    if (verdicts[i])
      {
        first = i;
        n_works++;
      }
  rule->sizes = g_array_new (FALSE, FALSE, sizeof (gint64));
  collect (verdicts, n, rule->sizes);
  rule->least = first + 1;
  rule->most = last;
  rule->kind = n_works == last - first && n_works > 2 ? TN_SIZES_RANGE : TN_SIZES_SET;
  return TRUE;
}

static gboolean
find_periodic (const guint8 *verdicts, guint n, guint hint, TnSizesRule *rule)
{
  for (guint period = 1; period <= n / 3; period++)
    {
      guint start = tail_start (verdicts, n, period);

      if (n - start < MAX (MAX (3 * period, 2 * hint), LEAST_TAIL))
        continue;
      if (memchr (verdicts + start, 1, n - start) == NULL)
        return FALSE;
      /* Not from the first that fits the period by chance, but from the first that works. */
      while (!verdicts[start])
        start++;
      rule->kind = TN_SIZES_FROM;
      rule->least = start + 1;
      rule->step = period;
      rule->residues = g_array_new (FALSE, FALSE, sizeof (gint64));
      for (gint64 residue = 0; residue < period; residue++)
        {
          gint64 size = rule->least - rule->least % period + residue;

          if (size < rule->least)
            size += period;
          if (verdicts[size - 1])
            g_array_append_val (rule->residues, residue);
        }
      rule->sizes = g_array_new (FALSE, FALSE, sizeof (gint64));
      collect (verdicts, start, rule->sizes);
      return TRUE;
    }
  return FALSE;
}

gboolean
tn_sizes_rule_find (const guint8 *verdicts, guint n_verdicts, guint hint, TnSizesRule *rule)
{
  *rule = (TnSizesRule){ .kind = TN_SIZES_NONE, .tried = n_verdicts };
  return find_periodic (verdicts, n_verdicts, MAX (hint, 1), rule)
         || find_finite (verdicts, n_verdicts, MAX (hint, 1), rule);
}

/* ---- telling ---- */

/* "28, 30 and 32"; those left out of a long one are hinted at. */
static char *
join (const GArray *numbers, guint most)
{
  GString *out = g_string_new (NULL);
  guint n = MIN (numbers->len, most);

  for (guint i = 0; i < n; i++)
    {
      if (i > 0 && i == numbers->len - 1)
        /* Translators: between the last two of several numbers, "28, 30 and 32" */
        g_string_append (out, C_ ("numbers", " and "));
      else if (i > 0)
        g_string_append (out, ", ");
      g_string_append_printf (out, "%" PRIi64, g_array_index (numbers, gint64, i));
    }
  if (n < numbers->len)
    g_string_append (out, ", …");
  return g_string_free (out, FALSE);
}

static char *
steps_text (const TnSizesRule *rule)
{
  gint64 residue = g_array_index (rule->residues, gint64, 0);
  g_autofree char *step = g_strdup_printf ("%" PRIi64, rule->step);
  g_autofree char *least = g_strdup_printf ("%" PRIi64, rule->least);
  g_autofree char *some = NULL;

  if (rule->step == 1)
    return rule->least == 1 ? g_strdup (_ ("any")) : g_strdup_printf (_ ("at least %s"), least);
  if (rule->residues->len > 1)
    {
      some = join (rule->residues, MOST_SINGLE);
      return g_strdup_printf (
          /* Translators: the remainders, the divisor, the least size */
          _ ("those that leave %s when divided by %s, from %s on"), some, step, least);
    }
  if (residue == 0 && rule->least == rule->step)
    return g_strdup_printf (_ ("multiples of %s"), step);
  if (residue == 0)
    return g_strdup_printf (_ ("multiples of %s, at least %s"), step, least);
  if (rule->least == residue)
    return g_strdup_printf ("%s·n + %" PRIi64, step, residue);
  return g_strdup_printf (
      /* Translators: 16, 12, 188: an arithmetic progression and its least */
      _ ("%s·n + %" PRIi64 ", at least %s"), step, residue, least);
}

char *
tn_sizes_rule_to_text (const TnSizesRule *rule)
{
  g_autofree char *from = g_strdup_printf ("%" PRIi64, rule->least);
  g_autofree char *to = g_strdup_printf ("%" PRIi64, rule->most);
  g_autofree char *tried = g_strdup_printf ("%" PRIi64, rule->tried);
  g_autofree char *sizes = rule->sizes != NULL ? join (rule->sizes, MOST_SINGLE) : NULL;
  g_autofree char *steps = NULL;

  switch (rule->kind)
    {
    case TN_SIZES_NONE:
      return g_strdup_printf (_ ("none of 1 to %s"), tried);
    case TN_SIZES_RANGE:
      return g_strdup_printf (_ ("%s to %s"), from, to);
    case TN_SIZES_SET:
      return g_strdup_printf (_ ("only %s"), sizes);
    case TN_SIZES_UNSURE:
      return g_strdup_printf (_ ("no rule was found; of those tried %s"), sizes);
    case TN_SIZES_FROM:
      break;
    }
  steps = steps_text (rule);
  if (rule->sizes->len == 0)
    return g_steal_pointer (&steps);
  /* Translators: a rule for sizes, and single ones below it: "multiples of 16; also 1 and 2" */
  return g_strdup_printf (_ ("%s; also %s"), steps, sizes);
}
