/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long the next run will take, in two labels of which one is seen. */
#include "app/tn-run-expected.h"

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "engine/tn-outlook.h"

/* Who types a number or drags a layer is not followed at every step. */
#define DELAY_MILLISECONDS 150

struct _TnRunExpected
{
  GtkLabel *labels[2];
  TnFacts *facts; /* asked about next */
  TnRunOptions options;
  GHashTable *data_of; /* that of @options, owned */
  guint timer;
  TnOutlook *outlook; /* under way */
};

static void
forget (TnRunExpected *expected)
{
  g_clear_handle_id (&expected->timer, g_source_remove);
  g_clear_pointer (&expected->outlook, tn_outlook_free);
  g_clear_pointer (&expected->facts, tn_facts_unref);
  g_clear_pointer (&expected->data_of, g_hash_table_unref);
}

TnRunExpected *
tn_run_expected_new (GtkLabel *beside, GtkLabel *below)
{
  TnRunExpected *expected = g_new0 (TnRunExpected, 1);

  expected->labels[0] = beside;
  expected->labels[1] = below;
  return expected;
}

void
tn_run_expected_free (TnRunExpected *expected)
{
  if (expected == NULL)
    return;
  forget (expected);
  g_free (expected);
}

void
tn_run_expected_tell (TnRunExpected *expected, double seconds)
{
  g_autofree char *time = seconds >= 0 ? tn_text_duration (seconds) : NULL;
  /* Translators: a duration. */
  g_autofree char *text = time != NULL ? g_strdup_printf (_ ("Will take about %s"), time) : NULL;

  forget (expected);
  for (guint i = 0; i < G_N_ELEMENTS (expected->labels); i++)
    {
      gtk_label_set_label (expected->labels[i], text != NULL ? text : "");
      gtk_widget_set_visible (GTK_WIDGET (expected->labels[i]), text != NULL);
    }
}

static void
found_cb (TnOutlook *outlook, double seconds, const GError *error, gpointer data)
{
  tn_run_expected_tell (data, error == NULL ? seconds : -1);
}

static gboolean
ask_cb (gpointer data)
{
  TnRunExpected *expected = data;

  expected->timer = 0;
  expected->outlook = tn_outlook_new (expected->facts, &expected->options, found_cb, expected);
  return G_SOURCE_REMOVE;
}

void
tn_run_expected_ask (TnRunExpected *expected, const TnFacts *facts, const TnRunOptions *options)
{
  forget (expected);
  expected->facts = tn_facts_ref (facts);
  expected->options = *options;
  if (options->data_of != NULL)
    expected->data_of = g_hash_table_ref (options->data_of);
  expected->timer = g_timeout_add (DELAY_MILLISECONDS, ask_cb, expected);
}
