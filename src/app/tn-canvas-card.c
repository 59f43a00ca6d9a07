/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the hover card adds of a layer: the arithmetic of its numbers, its cost, its last run; and
 * what a repair would change, as ghosts. */
#include <string.h>

#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "infer/tn-provenance.h"
#include "scene/tn-preview.h"
#include "tensor/tn-symbol.h"

/* ---- the card ---- */

/* "26 = ⌊(28 − 3)/1⌋ + 1": how the layer itself made the numbers of its first output, each once. */
static void
append_derivation (TnCanvas *self, GString *text, const TnNode *node)
{
  TnRef ref = { tn_node_id (node), 0, 0 };
  TnShape shape;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);

  if (tn_node_n_outputs (node) == 0)
    return;
  shape = tn_facts_shape (self->facts, ref, NULL);
  for (int axis = 1; axis < shape.rank; axis++)
    {
      g_autoptr (GArray) links = tn_provenance_new ();
      const TnProvenance *first;
      guint steps = 1;

      tn_provenance_trace_within (self->facts, ref, axis, links, &steps);
      first = links->len > 0 ? &g_array_index (links, TnProvenance, 0) : NULL;
      /* Where a number is only handed on, its layer has nothing to say about it. */
      if (first == NULL || first->node != ref.node
          || g_ptr_array_find_with_equal_func (told, first->text, g_str_equal, NULL))
        continue;
      g_string_append_printf (text, "\n%s", first->text);
      g_ptr_array_add (told, g_strdup (first->text));
    }
}

/* "320 parameters = 3·3·1·32 (kernel) + 32 (bias)". */
static void
append_params (TnCanvas *self, GString *text, guint index)
{
  gint64 params = tn_facts_params (self->facts, index);
  g_autofree char *count = tn_text_count (params);
  guint n_weights;
  const TnWeightSpec *weights = tn_facts_weights (self->facts, index, &n_weights);

  if (params <= 0)
    return;
  g_string_append_c (text, '\n');
  g_string_append_printf (
      text, ngettext ("%s parameter", "%s parameters", (gulong)MIN (params, G_MAXINT)), count);
  for (guint i = 0; i < n_weights; i++)
    {
      g_string_append (text, i == 0 ? " = " : " + ");
      for (int axis = 0; axis < weights[i].shape.rank; axis++)
        {
          g_autofree char *dim = tn_dim_to_text (weights[i].shape.dims[axis]);

          g_string_append_printf (text, "%s%s", axis > 0 ? "·" : "", dim);
        }
      if (weights[i].shape.rank == 0)
        g_string_append_c (text, '1');
      g_string_append_printf (text, " (%s)", weights[i].name);
    }
}

static void
append_cost (TnCanvas *self, GString *text, guint index)
{
  gint64 macs = tn_facts_macs (self->facts, index);
  gint64 bytes = tn_facts_activation_bytes (self->facts, index, 1);

  if (macs > 0)
    {
      g_autofree char *count = tn_text_count (macs);

      g_string_append_c (text, '\n');
      g_string_append_printf (text, _ ("%s multiply-adds"), count);
    }
  if (bytes > 0)
    {
      g_autofree char *size = tn_text_bytes ((guint64)bytes);

      g_string_append (text, macs > 0 ? " · " : "\n");
      g_string_append_printf (text, _ ("%s a sample"), size);
    }
}

static void
append_run (TnCanvas *self, GString *text, TnNodeId node)
{
  double total = 0;

  for (guint i = 0; self->heat_times != NULL && i < self->heat_times->len; i++)
    total += g_array_index (self->heat_times, TnHeatTime, i).seconds;
  for (guint i = 0; self->heat_times != NULL && i < self->heat_times->len; i++)
    {
      const TnHeatTime *time = &g_array_index (self->heat_times, TnHeatTime, i);
      g_autofree char *duration = NULL;

      if (time->node != node || total <= 0)
        continue;
      duration = tn_text_duration (time->seconds);
      g_string_append_c (text, '\n');
      /* Translators: "Last run: 3.4 ms, 12 % of the time". */
      g_string_append_printf (text, _ ("Last run: %s, %.0f %% of the time"), duration,
                              100 * time->seconds / total);
    }
}

void
tn_canvas_append_card (TnCanvas *self, GString *text, guint index)
{
  const TnNode *node = tn_graph_node (tn_facts_graph (self->facts), index);

  append_derivation (self, text, node);
  append_params (self, text, index);
  append_cost (self, text, index);
  append_run (self, text, tn_node_id (node));
}

/* ---- ghosts of a repair ---- */

void
tn_canvas_set_preview (TnCanvas *self, const TnGraph *graph)
{
  g_return_if_fail (TN_IS_CANVAS (self));

  if (graph == NULL && self->preview == NULL)
    return;
  g_clear_pointer (&self->preview, tn_facts_unref);
  /* From the present facts, only what the repair touches is judged anew. */
  if (graph != NULL)
    self->preview = tn_infer (graph, self->facts, NULL);
  tn_canvas_queue_overlay (self);
}

gboolean
tn_canvas_has_preview (TnCanvas *self)
{
  g_return_val_if_fail (TN_IS_CANVAS (self), FALSE);
  return self->preview != NULL;
}

void
tn_canvas_draw_preview (TnCanvas *self, cairo_t *cr)
{
  tn_scene_draw_preview (self->scene, tn_facts_whole (self->preview), self->preview, cr,
                         tn_viewport_visible (&self->viewport), FALSE);
}
