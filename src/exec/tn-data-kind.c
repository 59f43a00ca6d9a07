/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of synthetic data by name, with what they may be told. */
#include <math.h>
#include <string.h>

#include "exec/tn-run.h"

static const struct
{
  const char *name;
  const char *argument;
  gboolean required; /* is it nothing without its argument? */
  double least;
} kinds[TN_N_DATA] = {
  [TN_DATA_NORMAL] = { "normal" },
  [TN_DATA_UNIFORM] = { "uniform" },
  [TN_DATA_ZEROS] = { "zeros" },
  [TN_DATA_ONES] = { "ones" },
  [TN_DATA_CONSTANT] = { "constant", "VALUE", TRUE, -G_MAXFLOAT },
  [TN_DATA_ONE_HOT] = { "one-hot" },
  [TN_DATA_TOKENS] = { "tokens", "COUNT", FALSE, 1 },
  [TN_DATA_STROKES] = { "strokes" },
  [TN_DATA_STRIPES] = { "stripes" },
  [TN_DATA_BLOBS] = { "blobs" },
  [TN_DATA_SINE] = { "sine" },
};

const char *
tn_data_kind_name (TnDataKind kind)
{
  g_return_val_if_fail (kind < TN_N_DATA, NULL);
  return kinds[kind].name;
}

gboolean
tn_data_kind_from_name (const char *name, TnDataKind *kind)
{
  for (guint i = 0; i < TN_N_DATA; i++)
    if (g_strcmp0 (kinds[i].name, name) == 0)
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

const char *
tn_data_kind_argument (TnDataKind kind)
{
  g_return_val_if_fail (kind < TN_N_DATA, NULL);
  return kinds[kind].argument;
}

gboolean
tn_data_spec_from_text (const char *text, TnDataSpec *spec)
{
  const char *colon = strchr (text, ':');
  g_autofree char *name = colon != NULL ? g_strndup (text, (gsize)(colon - text)) : g_strdup (text);
  TnDataSpec read = { .value = NAN };
  char *end = NULL;

  if (!tn_data_kind_from_name (name, &read.kind)
      || (colon != NULL ? kinds[read.kind].argument == NULL : kinds[read.kind].required))
    return FALSE;
  if (colon != NULL)
    {
      read.value = g_ascii_strtod (colon + 1, &end);
      if (end == colon + 1 || *end != '\0' || !(fabs (read.value) <= G_MAXFLOAT)
          || read.value < kinds[read.kind].least
          || (read.kind == TN_DATA_TOKENS && read.value != floor (read.value)))
        return FALSE;
    }
  *spec = read;
  return TRUE;
}

char *
tn_data_spec_to_text (const TnDataSpec *spec)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (spec->value) || tn_data_kind_argument (spec->kind) == NULL)
    return g_strdup (tn_data_kind_name (spec->kind));
  return g_strdup_printf ("%s:%s", tn_data_kind_name (spec->kind),
                          g_ascii_formatd (number, sizeof number, "%.9g", spec->value));
}
