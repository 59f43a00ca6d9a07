/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row for each input: what it is filled with, and how its first sample then looks. */
#include "app/tn-run-data.h"

#include <math.h>

#include "app/tn-accessible.h"
#include "app/tn-run-preview.h"
#include "base/tn-i18n.h"

/* Of tokens and constants where nothing else was chosen. */
#define USUAL_COUNT    1000
#define USUAL_CONSTANT 0.5

typedef struct
{
  GtkWidget *owner;
  TnFacts *facts;
  TnRunOptions options; /* without tables */
  GHashTable *data_of;
  TnRunDataFunc func;
} Choices;

/* One input. */
typedef struct
{
  Choices *choices; /* counted */
  char *name;
  TnShape sample;
  gint64 ids;
  GtkDropDown *kinds;
  GArray *offered; /* of TnDataKind, in the list's order behind its first entry */
  GtkSpinButton *value;
  GtkWidget *preview;
  gboolean filling;
} Input;

static const char *const labels[TN_N_DATA] = {
  [TN_DATA_NORMAL] = N_ ("Normal"),
  [TN_DATA_UNIFORM] = N_ ("Uniform"),
  [TN_DATA_ZEROS] = N_ ("Zeros"),
  [TN_DATA_ONES] = N_ ("Ones"),
  [TN_DATA_CONSTANT] = N_ ("A number"),
  [TN_DATA_ONE_HOT] = N_ ("One-hot rows"),
  [TN_DATA_TOKENS] = N_ ("Tokens"),
  [TN_DATA_STROKES] = N_ ("Images with strokes"),
  [TN_DATA_STRIPES] = N_ ("Images with stripes"),
  [TN_DATA_BLOBS] = N_ ("Images with blobs"),
  [TN_DATA_SINE] = N_ ("Sine waves"),
};

static void
choices_clear (gpointer data)
{
  Choices *choices = data;

  tn_facts_unref (choices->facts);
  g_hash_table_unref (choices->data_of);
}

static void
input_free (gpointer data)
{
  Input *input = data;

  g_rc_box_release_full (input->choices, choices_clear);
  g_array_unref (input->offered);
  g_free (input->name);
  g_free (input);
}

gboolean
tn_run_data_suits (TnDataKind kind, const TnShape *sample)
{
  gint64 n = tn_shape_elements (sample, 0), side = (gint64)sqrt ((double)MAX (n, 0));

  switch (kind)
    {
    case TN_DATA_STROKES:
    case TN_DATA_STRIPES:
    case TN_DATA_BLOBS:
      /* An image may have been flattened. */
      return sample->rank >= 2 ? n > 1 : side > 3 && side * side == n;
    case TN_DATA_SINE:
      return sample->rank > 0 && sample->dims[0].size > 1;
    case TN_DATA_ONE_HOT:
      return sample->rank > 0 && sample->dims[sample->rank - 1].size > 1;
    default:
      return TRUE;
    }
}

/* ---- one input ---- */

static gboolean
spec_of (const Input *input, TnDataSpec *spec)
{
  guint selected = gtk_drop_down_get_selected (input->kinds);

  *spec = input->choices->options.data;
  if (selected == 0 || selected > input->offered->len)
    return FALSE;
  *spec = (TnDataSpec){ g_array_index (input->offered, TnDataKind, selected - 1), NAN };
  if (tn_data_kind_argument (spec->kind) != NULL)
    spec->value = gtk_spin_button_get_value (input->value);
  return TRUE;
}

static void
show_preview (Input *input)
{
  TnSynthetic what = { .seed = input->choices->options.seed,
                       .name = input->name,
                       .sample = input->sample,
                       .ids = input->ids };

  spec_of (input, &what.spec);
  tn_run_preview_show (TN_RUN_PREVIEW (input->preview), &what);
}

static void
changed_cb (Input *input)
{
  Choices *choices = input->choices;
  GHashTableIter iter;
  gpointer name, old;
  GHashTable *table;
  TnDataSpec spec;
  gboolean own = spec_of (input, &spec);

  if (input->filling)
    return;
  /* The old table may be in the hands of a run. */
  table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_iter_init (&iter, choices->data_of);
  while (g_hash_table_iter_next (&iter, &name, &old))
    if (!g_str_equal (name, input->name))
      g_hash_table_insert (table, g_strdup (name), g_memdup2 (old, sizeof (TnDataSpec)));
  if (own)
    g_hash_table_insert (table, g_strdup (input->name), g_memdup2 (&spec, sizeof spec));
  g_hash_table_unref (choices->data_of);
  choices->data_of = table;
  choices->func (table, choices->owner);
  show_preview (input);
}

/* The number belongs to the kind: how many tokens there are, or which constant it is. */
static void
kind_cb (Input *input)
{
  TnDataSpec spec;
  gboolean own = spec_of (input, &spec), tokens = own && spec.kind == TN_DATA_TOKENS;

  gboolean loading = input->filling;

  input->filling = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (input->value),
                          own && tn_data_kind_argument (spec.kind) != NULL);
  gtk_spin_button_set_digits (input->value, tokens ? 0 : 3);
  gtk_spin_button_set_range (input->value, tokens ? 1 : -1e6, tokens ? 0x1p24 : 1e6);
  gtk_spin_button_set_increments (input->value, tokens ? 1 : 0.1, tokens ? 100 : 1);
  if (!loading)
    gtk_spin_button_set_value (input->value, !tokens          ? USUAL_CONSTANT
                                             : input->ids > 0 ? (double)input->ids
                                                              : USUAL_COUNT);
  input->filling = loading;
  changed_cb (input);
}

/* What was chosen before. */
static void
load (Input *input)
{
  const TnDataSpec *spec = g_hash_table_lookup (input->choices->data_of, input->name);

  input->filling = TRUE;
  for (guint i = 0; spec != NULL && i < input->offered->len; i++)
    if (g_array_index (input->offered, TnDataKind, i) == spec->kind)
      {
        double value = spec->value;

        gtk_drop_down_set_selected (input->kinds, i + 1);
        if (!isnan (value))
          gtk_spin_button_set_value (input->value, value);
        break;
      }
  input->filling = FALSE;
}

/* Whole numbers that a table is looked up by, as the run finds them, where it is next to the input.
 */
static gint64
ids_of (const TnGraph *graph, TnNodeId id)
{
  gint64 ids = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      int param = tn_schema_param (tn_node_schema (node), "input_dim");

      for (guint call = 0; param >= 0 && call < tn_node_n_calls (node); call++)
        if (tn_node_n_inputs (node, call) > 0 && tn_node_input (node, call, 0).node == id)
          {
            gint64 limit = tn_node_int (node, (guint)param);
            ids = ids > 0 ? MIN (ids, limit) : limit;
          }
    }
  return ids;
}

static GtkWidget *
row_new (Choices *choices, const TnNode *node)
{
  Input *input = g_new0 (Input, 1);
  GtkWidget *row = adw_action_row_new ();
  TnShape shape = tn_facts_shape (choices->facts, (TnRef){ .node = tn_node_id (node) }, NULL);
  g_autofree char *text = tn_shape_to_text (&shape);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  input->choices = g_rc_box_acquire (choices);
  input->name = g_strdup (tn_node_name (node));
  input->offered = g_array_new (FALSE, FALSE, sizeof (TnDataKind));
  input->ids = ids_of (tn_facts_graph (choices->facts), tn_node_id (node));
  for (int axis = 1; axis < shape.rank; axis++)
    input->sample.dims[input->sample.rank++] = shape.dims[axis];
  gtk_string_list_append (names, _ ("As for all inputs"));
  for (TnDataKind kind = 0; kind < TN_N_DATA; kind++)
    if (tn_run_data_suits (kind, &input->sample))
      {
        g_array_append_val (input->offered, kind);
        gtk_string_list_append (names, _ (labels[kind]));
      }
  input->kinds = GTK_DROP_DOWN (gtk_drop_down_new (g_object_ref (G_LIST_MODEL (names)), NULL));
  input->value = GTK_SPIN_BUTTON (gtk_spin_button_new_with_range (-1e6, 1e6, 0.1));
  input->preview = tn_run_preview_new ();
  gtk_widget_set_valign (GTK_WIDGET (input->kinds), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (input->value), GTK_ALIGN_CENTER);
  tn_accessible_name_parts (GTK_WIDGET (input->kinds), input->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (input->value), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Which number, or how many tokens"), -1);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), input->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), input->preview);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (input->value));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (input->kinds));
  g_object_set_data_full (G_OBJECT (row), "input", input, input_free);
  g_signal_connect_swapped (input->kinds, "notify::selected", G_CALLBACK (kind_cb), input);
  g_signal_connect_swapped (input->value, "value-changed", G_CALLBACK (changed_cb), input);
  gtk_widget_set_visible (GTK_WIDGET (input->value), FALSE);
  load (input);
  show_preview (input);
  return row;
}

/* ---- the window ---- */

GtkWindow *
tn_run_data_present (GtkWidget *owner, const TnFacts *facts, const TnRunOptions *options,
                     TnRunDataFunc func)
{
  const TnGraph *graph = tn_facts_graph (facts);
  GtkWidget *window = adw_preferences_window_new ();
  GtkWidget *page = adw_preferences_page_new (), *group = adw_preferences_group_new ();
  Choices *choices = g_rc_box_new0 (Choices);

  choices->owner = owner;
  choices->facts = tn_facts_ref (facts);
  choices->options = *options;
  choices->options.inputs = choices->options.weights = choices->options.data_of = NULL;
  choices->data_of = options->data_of != NULL
                         ? g_hash_table_ref (options->data_of)
                         : g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  choices->func = func;
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (group),
      _ ("Only kinds of data that fit an input are offered for it. The pictures are of its first "
         "sample."));
  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (tn_node_is_source (tn_graph_node (graph, i)))
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group),
                                 row_new (choices, tn_graph_node (graph, i)));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  gtk_window_set_title (GTK_WINDOW (window), _ ("Data of the Inputs"));
  gtk_window_set_default_size (GTK_WINDOW (window), 560, 380);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (gtk_widget_get_root (owner)));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  g_rc_box_release_full (choices, choices_clear);
  gtk_window_present (GTK_WINDOW (window));
  return GTK_WINDOW (window);
}
