/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Read-only facts as label and value, the value selectable for copying. */
#include "app/tn-facts-grid.h"

#include "base/tn-i18n.h"
#include "base/tn-text.h"

/* So many characters of a value are not broken into lines. */
#define ONE_LINE 20

static void
clear (GtkGrid *grid)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (grid))) != NULL)
    gtk_grid_remove (grid, child);
}

static void
add (GtkGrid *grid, int *row, const char *title, const char *text)
{
  GtkWidget *name = gtk_label_new (title);
  GtkWidget *value = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_yalign (GTK_LABEL (name), 0);
  gtk_label_set_wrap (GTK_LABEL (name), TRUE);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (value), 1);
  gtk_label_set_wrap (GTK_LABEL (value), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (value), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (value), GTK_JUSTIFY_RIGHT);
  gtk_label_set_selectable (GTK_LABEL (value), TRUE);
  gtk_widget_set_focusable (value, FALSE);
  /* A shape is read at a glance only in one line. */
  gtk_label_set_width_chars (GTK_LABEL (value), (int)MIN (g_utf8_strlen (text, -1), ONE_LINE));
  gtk_widget_set_hexpand (value, TRUE);
  gtk_widget_add_css_class (value, "numeric");
  gtk_grid_attach (grid, name, 0, *row, 1, 1);
  gtk_grid_attach (grid, value, 1, *row, 1, 1);
  (*row)++;
}

static void
add_count (GtkGrid *grid, int *row, const char *title, gint64 count)
{
  g_autofree char *text = count >= 0 ? tn_text_count (count) : g_strdup (_ ("not known"));

  add (grid, row, title, text);
}

static void
append_line (GString *text, TnShape shape, gboolean assumed)
{
  g_autofree char *one = tn_shape_to_text (&shape);

  if (text->len > 0)
    g_string_append_c (text, '\n');
  if (!tn_shape_is_some (&shape))
    g_string_append (text, _ ("not known"));
  else if (assumed)
    /* Translators: a shape that holds only once a problem is mended */
    g_string_append_printf (text, _ ("%s once mended"), one);
  else
    g_string_append (text, one);
}

static void
add_shapes (GtkGrid *grid, int *row, const TnFacts *facts, const TnNode *node, guint index)
{
  g_autoptr (GString) inputs = g_string_new (NULL);
  g_autoptr (GString) outputs = g_string_new (NULL);
  guint n_inputs = 0;

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    {
      for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++, n_inputs++)
        {
          const char *name = tn_schema_input_name (tn_node_schema (node), slot);

          if (tn_node_input (node, call, slot).node != TN_NODE_NONE)
            append_line (inputs, tn_facts_input (facts, index, call, slot), FALSE);
          else
            g_string_append_printf (inputs, "%s%s", inputs->len > 0 ? "\n" : "",
                                    tn_node_is_optional (node, slot) ? _ ("empty")
                                                                     : _ ("nothing is wired here"));
          /* Translators: what arrives at which input of a layer: "(None, 7, 64) · query" */
          if (name != NULL)
            g_string_append_printf (inputs, _ (" · %s"), name);
        }
      for (guint output = 0; output < tn_node_n_outputs (node); output++)
        {
          gboolean assumed = FALSE;
          TnShape shape = tn_facts_shape (facts,
                                          (TnRef){ .node = tn_node_id (node),
                                                   .call = (guint16)call,
                                                   .output = (guint16)output },
                                          &assumed);
          append_line (outputs, shape, assumed);
          if (tn_node_output_name (node, output) != NULL)
            g_string_append_printf (outputs, _ (" · %s"), tn_node_output_name (node, output));
        }
    }
  if (inputs->len > 0)
    add (grid, row, ngettext ("Input", "Inputs", n_inputs), inputs->str);
  if (outputs->len > 0)
    add (grid, row, _ ("Output"), outputs->str);
}

void
tn_facts_grid_show_node (GtkGrid *grid, const TnFacts *facts, TnNodeId id)
{
  int row = 0;

  g_return_if_fail (GTK_IS_GRID (grid));

  clear (grid);
  int found = facts != NULL ? tn_graph_index (tn_facts_graph (facts), id) : -1;
  if (found < 0)
    {
      add (grid, &row, _ ("Output"), "…");
      return;
    }
  guint index = (guint)found;
  const TnNode *node = tn_graph_node (tn_facts_graph (facts), index);
  gint64 params = tn_facts_params (facts, index);
  gint64 trainable = tn_facts_trainable (facts, index);

  add_shapes (grid, &row, facts, node, index);
  add_count (grid, &row, _ ("Parameters"), params);
  if (params >= 0 && trainable != params)
    add_count (grid, &row, _ ("of these trainable"), trainable);
  if (tn_facts_macs (facts, index) != 0)
    add_count (grid, &row, _ ("Multiply-adds per sample"), tn_facts_macs (facts, index));

  guint n_weights;
  const TnWeightSpec *weights = tn_facts_weights (facts, index, &n_weights);
  for (guint i = 0; weights != NULL && i < n_weights; i++)
    {
      g_autofree char *shape = tn_shape_to_text (&weights[i].shape);
      /* Translators: a weight array, with Keras's name for it: "Weight kernel" */
      g_autofree char *title = g_strdup_printf (_ ("Weight %s"), weights[i].name);
      add (grid, &row, title, shape);
    }
}

void
tn_facts_grid_show_nodes (GtkGrid *grid, const TnFacts *facts, const GArray *nodes)
{
  gint64 params = 0, macs = 0;
  int row = 0;

  g_return_if_fail (GTK_IS_GRID (grid));

  clear (grid);
  for (guint i = 0; i < nodes->len; i++)
    {
      TnNodeId id = g_array_index (nodes, TnNodeId, i);
      int index = facts != NULL ? tn_graph_index (tn_facts_graph (facts), id) : -1;
      /* What does not count has none. */
      gint64 unknown = facts != NULL && tn_graph_find (tn_facts_whole (facts), id) != NULL ? 0 : -1;
      gint64 more_params = index >= 0 ? tn_facts_params (facts, (guint)index) : unknown;
      gint64 more_macs = index >= 0 ? tn_facts_macs (facts, (guint)index) : unknown;
      params = params >= 0 && more_params >= 0 ? params + more_params : -1;
      macs = macs >= 0 && more_macs >= 0 ? macs + more_macs : -1;
    }
  add_count (grid, &row, _ ("Parameters"), params);
  add_count (grid, &row, _ ("Multiply-adds per sample"), macs);
}

void
tn_facts_grid_show_model (GtkGrid *grid, const TnFacts *facts)
{
  int row = 0;

  g_return_if_fail (GTK_IS_GRID (grid));

  clear (grid);
  if (facts == NULL)
    {
      add (grid, &row, _ ("Layers"), "…");
      return;
    }
  TnTotals totals = tn_facts_totals (facts);
  g_autofree char *bytes = tn_text_bytes ((guint64)MAX (totals.weights_bytes, 0));

  add_count (grid, &row, _ ("Layers"), tn_graph_size (tn_facts_graph (facts)));
  add_count (grid, &row, _ ("Parameters"), totals.params);
  if (totals.trainable != totals.params)
    add_count (grid, &row, _ ("of these trainable"), totals.trainable);
  add_count (grid, &row, _ ("Multiply-adds per sample"), totals.macs);
  add (grid, &row, _ ("Memory of the weights"), bytes);
  if (!totals.complete)
    {
      GtkWidget *note = gtk_label_new (_ ("Only what is known is counted."));
      gtk_label_set_xalign (GTK_LABEL (note), 0);
      gtk_label_set_wrap (GTK_LABEL (note), TRUE);
      gtk_widget_add_css_class (note, "dim-label");
      gtk_widget_add_css_class (note, "caption");
      gtk_grid_attach (grid, note, 0, row, 2, 1);
    }
}
