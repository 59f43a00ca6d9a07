/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The choices of the run panel: read from settings and files, kept in settings. */
#include "app/tn-run-choices.h"

#include <math.h>

#include "app/tn-settings.h"

/* What stands in the list of data, in its order. */
static const TnDataKind offered_data[]
    = { TN_DATA_NORMAL, TN_DATA_UNIFORM, TN_DATA_ZEROS,   TN_DATA_ONES,  TN_DATA_ONE_HOT,
        TN_DATA_TOKENS, TN_DATA_STROKES, TN_DATA_STRIPES, TN_DATA_BLOBS, TN_DATA_SINE };

/* And in that of statistics. */
enum
{
  STATISTICS_NONE,
  STATISTICS_LAYERS,
  STATISTICS_HISTOGRAMS,
};

void
tn_run_choices_watch (const TnRunChoices *choices, GCallback changed, gpointer object)
{
  GtkSpinButton *spins[] = { choices->samples, choices->batch, choices->seed };
  GtkDropDown *lists[]
      = { choices->data, choices->kernels, choices->accuracy, choices->statistics };

  for (guint i = 0; i < G_N_ELEMENTS (spins); i++)
    g_signal_connect_object (spins[i], "value-changed", changed, object, G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_signal_connect_object (lists[i], "notify::selected", changed, object, G_CONNECT_SWAPPED);
}

static void
set_from (GtkSpinButton *button, const TnValue *run, const char *key)
{
  const TnValue *value = run != NULL ? tn_value_lookup (run, key) : NULL;

  if (value != NULL && tn_value_kind (value) == TN_VALUE_INT)
    gtk_spin_button_set_value (button, (double)tn_value_int (value));
}

static void
load_data (GtkDropDown *list, GSettings *settings)
{
  g_autofree char *name = g_settings_get_string (settings, "run-data");
  TnDataKind kind;

  for (guint i = 0; tn_data_kind_from_name (name, &kind) && i < G_N_ELEMENTS (offered_data); i++)
    if (offered_data[i] == kind)
      gtk_drop_down_set_selected (list, i);
}

void
tn_run_choices_load (const TnRunChoices *choices, const TnGraph *graph)
{
  g_autoptr (GSettings) settings = tn_settings_new ();
  const TnValue *extras = tn_graph_extras (graph);
  const TnValue *tenon = extras != NULL ? tn_value_lookup (extras, "tenon") : NULL;
  const TnValue *run = tenon != NULL ? tn_value_lookup (tenon, "run") : NULL;

  if (settings != NULL)
    {
      gboolean watch = g_settings_get_boolean (settings, "run-watch");

      gtk_spin_button_set_value (choices->samples, g_settings_get_int (settings, "run-samples"));
      gtk_spin_button_set_value (choices->batch, g_settings_get_int (settings, "run-batch"));
      load_data (choices->data, settings);
      gtk_drop_down_set_selected (choices->kernels,
                                  g_settings_get_boolean (settings, "run-plain-blis"));
      gtk_drop_down_set_selected (choices->accuracy,
                                  g_settings_get_boolean (settings, "run-approximate"));
      gtk_drop_down_set_selected (choices->statistics,
                                  !watch ? STATISTICS_NONE
                                  : g_settings_get_boolean (settings, "run-histogram")
                                      ? STATISTICS_HISTOGRAMS
                                      : STATISTICS_LAYERS);
    }
  gtk_spin_button_set_value (choices->seed, (double)tn_graph_seed (graph));
  set_from (choices->samples, run, "samples");
  set_from (choices->batch, run, "batch");
}

void
tn_run_choices_save (const TnRunChoices *choices)
{
  g_autoptr (GSettings) settings = tn_settings_new ();
  TnRunOptions options;

  gtk_spin_button_update (choices->samples);
  gtk_spin_button_update (choices->batch);
  gtk_spin_button_update (choices->seed);
  if (settings == NULL)
    return;
  options = tn_run_choices_options (choices);
  g_settings_set_int (settings, "run-samples", (int)options.samples);
  g_settings_set_int (settings, "run-batch", (int)options.batch);
  g_settings_set_string (settings, "run-data", tn_data_kind_name (options.data.kind));
  g_settings_set_boolean (settings, "run-plain-blis", options.kernels == TN_RUN_KERNELS_BLIS);
  g_settings_set_boolean (settings, "run-approximate", options.approximate);
  g_settings_set_boolean (settings, "run-watch", options.watch);
  g_settings_set_boolean (settings, "run-histogram", options.histogram);
}

TnRunOptions
tn_run_choices_options (const TnRunChoices *choices)
{
  TnRunOptions options = tn_run_options_default ();
  guint statistics = gtk_drop_down_get_selected (choices->statistics);
  guint data = gtk_drop_down_get_selected (choices->data);

  options.samples = gtk_spin_button_get_value_as_int (choices->samples);
  options.batch = gtk_spin_button_get_value_as_int (choices->batch);
  options.seed = (guint64)gtk_spin_button_get_value (choices->seed);
  options.data = (TnDataSpec){ offered_data[MIN (data, G_N_ELEMENTS (offered_data) - 1)], NAN };
  options.kernels = gtk_drop_down_get_selected (choices->kernels) == 1 ? TN_RUN_KERNELS_BLIS
                                                                       : TN_RUN_KERNELS_AUTO;
  options.approximate = gtk_drop_down_get_selected (choices->accuracy) == 1;
  options.watch = statistics != STATISTICS_NONE;
  options.histogram = statistics == STATISTICS_HISTOGRAMS;
  /* The window is to stay fluid. */
  options.background = TRUE;
  return options;
}
