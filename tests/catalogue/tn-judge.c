/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tally of verdicts, and the list of deviations. */
#include "tn-judge.h"

#include "../cases/tn-cases.h"
#include "formats/tn-format.h"

#define DEVIATIONS "tests/catalogue/deviations.txt"

struct _TnJudge
{
  /* owned */
  char *file;
  TnValue *cases;
  GHashTable *deviations; /* id → what Tenon says; only those of this file */
  GHashTable *skipped;    /* what → number of cases */
  GHashTable *counts;     /* the same, of what is only counted */
  GString *faults;

  /* state */
  guint n_cases, n_equal, n_deviating, n_faults;
};

/* Lines "FILE ID: SAID: REASON", between empty ones and those that begin with '#'. */
static void
read_deviations (TnJudge *judge)
{
  g_autoptr (GBytes) bytes = tn_cases_load (DEVIATIONS);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) parts = NULL;
      char *id;

      if (lines[i][0] == '\0' || lines[i][0] == '#')
        continue;
      parts = g_strsplit (lines[i], ": ", 3);
      id = strchr (parts[0], ' ');
      if (g_strv_length (parts) != 3 || id == NULL || parts[2][0] == '\0')
        g_error (DEVIATIONS ":%u: not FILE ID: SAID: REASON", i + 1);
      if (!g_str_has_prefix (parts[0], judge->file) || parts[0] + strlen (judge->file) != id)
        continue;
      if (!g_hash_table_insert (judge->deviations, g_strdup (id + 1), g_strdup (parts[1])))
        g_error (DEVIATIONS ":%u: a second line for %s", i + 1, id + 1);
    }
}

TnJudge *
tn_judge_new (const char *file)
{
  TnJudge *judge = g_new0 (TnJudge, 1);
  g_autofree char *path = g_strdup_printf ("tests/cases/%s.gz", file);
  g_autoptr (GBytes) bytes = tn_cases_load (path);
  g_autoptr (GError) error = NULL;

  judge->file = g_strdup (file);
  judge->cases = tn_format_json_parse (bytes, file, &error);
  g_assert_no_error (error);
  judge->deviations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  judge->skipped = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  judge->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  judge->faults = g_string_new (NULL);
  read_deviations (judge);
  return judge;
}

const TnValue *
tn_judge_cases (const TnJudge *judge)
{
  return judge->cases;
}

static void
count (GHashTable *counts, const char *what)
{
  guint before = GPOINTER_TO_UINT (g_hash_table_lookup (counts, what));

  g_hash_table_insert (counts, g_strdup (what), GUINT_TO_POINTER (before + 1));
}

void
tn_judge_skip (TnJudge *judge, const char *what)
{
  judge->n_cases++;
  count (judge->skipped, what);
}

void
tn_judge_count (TnJudge *judge, const char *what)
{
  count (judge->counts, what);
}

void
tn_judge_case (TnJudge *judge, const char *id, const char *said, const char *fault)
{
  const char *deviation = g_hash_table_lookup (judge->deviations, id);

  judge->n_cases++;
  if (deviation == NULL)
    {
      if (fault == NULL)
        {
          judge->n_equal++;
          return;
        }
      judge->n_faults++;
      g_string_append_printf (judge->faults, "%s: %s, %s\n", id, said, fault);
      return;
    }
  judge->n_deviating++;
  if (fault == NULL || !g_str_equal (said, deviation))
    {
      judge->n_faults++;
      g_string_append_printf (judge->faults, "%s: stands in " DEVIATIONS " as %s, but is %s\n", id,
                              deviation, fault == NULL ? "none" : said);
    }
  g_hash_table_remove (judge->deviations, id);
}

static guint
describe_counts (GHashTable *counts, GString *out)
{
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (counts), (GCompareFunc)g_strcmp0);
  guint sum = 0;

  for (const GList *key = keys; key != NULL; key = key->next)
    {
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, key->data));

      g_string_append_printf (out, "%s%s %u", out->len > 0 ? ", " : "", (char *)key->data, n);
      sum += n;
    }
  return sum;
}

void
tn_judge_finish (TnJudge *judge, guint at_least)
{
  g_autoptr (GString) skipped = g_string_new (NULL);
  g_autoptr (GString) counted = g_string_new (NULL);
  g_autoptr (GString) stale = g_string_new (NULL);
  guint n_skipped = describe_counts (judge->skipped, skipped);
  guint judged = judge->n_cases - n_skipped;

  describe_counts (judge->counts, counted);
  describe_counts (judge->deviations, stale);
  g_test_message ("%s: %u cases, %u judged: %u as Keras has it, %u deviate by intent, %u wrong",
                  judge->file, judge->n_cases, judged, judge->n_equal, judge->n_deviating,
                  judge->n_faults);
  if (counted->len > 0)
    g_test_message ("%s: %s", judge->file, counted->str);
  if (n_skipped > 0)
    g_test_message ("%s: %u not judged, because of %s", judge->file, n_skipped, skipped->str);
  if (judge->n_faults > 0)
    g_error ("%s: answers that differ from Keras's:\n%s", judge->file, judge->faults->str);
  if (stale->len > 0 && n_skipped == 0)
    g_error (DEVIATIONS ": no such cases in %s: %s", judge->file, stale->str);
  g_assert_cmpuint (judged, >=, at_least);

  g_free (judge->file);
  tn_value_unref (judge->cases);
  g_hash_table_unref (judge->deviations);
  g_hash_table_unref (judge->skipped);
  g_hash_table_unref (judge->counts);
  g_string_free (judge->faults, TRUE);
  g_free (judge);
}

const char *
tn_judge_string (const TnValue *dict, const char *key)
{
  const TnValue *value = tn_value_lookup (dict, key);

  return value != NULL && tn_value_kind (value) == TN_VALUE_STRING ? tn_value_string (value) : NULL;
}
