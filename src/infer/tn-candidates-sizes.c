/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates for numbers that do not fit: widths of kernels, targets of Reshape, windows, crops. */
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"

/* Of layers upstream that are tried one by one. */
#define MOST_SINGLE 8

/* ---- a kernel that is there, but of another width ---- */

static void
rebuild (TnAdvisor *advisor, gint64 got)
{
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);

  tn_draft_pin (draft, advisor->issue->node, NULL);
  tn_advisor_try (
      advisor, g_steal_pointer (&draft),
      g_strdup_printf (ngettext ("Rebuild the weights of %s for %" PRIi64 " feature",
                                 "Rebuild the weights of %s for %" PRIi64 " features", (gulong)got),
                       tn_node_name (advisor->node), got),
      &advisor->issue->node, 1);
}

/* A layer that is used several times can be two layers. */
static void
part_calls (TnAdvisor *advisor)
{
  TnNodeId id = advisor->issue->node, copy;
  g_autoptr (TnDraft) draft = NULL;
  guint n_uses;
  const TnGraphUse *uses;

  if (tn_node_n_calls (advisor->node) < 2)
    return;
  draft = tn_advisor_draft (advisor);
  copy = tn_draft_copy (draft, advisor->node);
  for (guint slot = 0; slot < tn_node_n_inputs (advisor->node, advisor->call); slot++)
    if (!tn_draft_connect (draft, tn_node_input (advisor->node, advisor->call, slot), copy, 0, slot,
                           NULL))
      return;
  uses = tn_graph_uses (advisor->graph, (guint)tn_graph_index (advisor->graph, id), &n_uses);
  for (guint i = 0; i < n_uses; i++)
    if (uses[i].ref.call == advisor->call)
      tn_draft_connect (draft, (TnRef){ copy, 0, uses[i].ref.output },
                        tn_node_id (tn_graph_node (advisor->graph, uses[i].index)), uses[i].call,
                        uses[i].slot, NULL);
  tn_draft_disconnect (draft, id, advisor->call, 0);
  tn_advisor_try (advisor, g_steal_pointer (&draft),
                  g_strdup_printf (_ ("Give the second use of %s a layer of its own"),
                                   tn_node_name (advisor->node)),
                  &copy, 1);
}

void
tn_candidates_width (TnAdvisor *advisor)
{
  const TnIssue *issue = advisor->issue;
  TnShape in = advisor->arrives;
  int axis = tn_shape_axis (&in, issue->axis);
  TnImage image = tn_advisor_image (advisor, issue->node, in.rank);
  gint64 wanted, got;

  part_calls (advisor);
  if (axis < 0 || issue->expected.rank != in.rank)
    return;
  wanted = issue->expected.dims[axis].size;
  got = in.dims[axis].size;

  /* All that arrives would be right, were it in one row. */
  if (in.rank > 2 && tn_shape_elements (&in, 1) == wanted)
    tn_advisor_insert_here (advisor, "Flatten", "Flatten", NULL);
  rebuild (advisor, got);
  if (tn_advisor_is_type (advisor, advisor->source.node, "InputLayer"))
    tn_candidates_input_for (advisor, axis, wanted);
  if (in.rank == 4 || (in.rank > 2 && strcmp (issue->code, "kernel-width") == 0))
    tn_advisor_insert_pointwise (advisor, advisor->slot, wanted, 1);
  else
    tn_advisor_insert_dense (advisor, wanted);
  if (tn_advisor_is_type (advisor, advisor->source.node, "Flatten"))
    {
      tn_advisor_insert_poolings (advisor, advisor->source.node, 0, 1);
      tn_advisor_replace_flatten (advisor, advisor->source.node);
    }
  tn_advisor_scale_causes (advisor, wanted, got);
  /* Channels where they are not looked for. */
  if (image.n > 0 && strcmp (issue->code, "kernel-width") == 0)
    {
      tn_candidates_input_order (advisor);
      tn_advisor_turn_formats (advisor);
    }
  tn_candidates_input_for (advisor, axis, wanted);
}

/* ---- Reshape ---- */

/* One size that is off: made right by the others. */
static void
mend_target (TnAdvisor *advisor, const TnShape *target, gint64 total)
{
  for (int axis = target->rank - 1; axis >= 0; axis--)
    {
      TnShape changed = *target;
      gint64 others;

      changed.dims[axis] = tn_dim (1);
      others = tn_shape_elements (&changed, 0);
      if (others > 0 && total % others == 0)
        {
          g_autofree char *text = NULL;

          changed.dims[axis] = tn_dim (total / others);
          text = tn_shape_to_text (&changed);
          tn_advisor_try_set (advisor, advisor->issue->node, "target_shape", text);
        }
    }
  /* The number of samples stands in front, where Keras adds it by itself. */
  if (target->rank > 1)
    {
      TnShape sample = { .rank = target->rank - 1 };
      g_autofree char *text = NULL;

      memcpy (sample.dims, target->dims + 1, (gsize)sample.rank * sizeof *sample.dims);
      text = tn_shape_to_text (&sample);
      tn_advisor_try_set (advisor, advisor->issue->node, "target_shape", text);
    }
}

/* The nearest width that divides. */
static gint64
nearest_width (gint64 total, gint64 last)
{
  gint64 best = 0;

  for (gint64 width = 1; width <= total / width && width < (1 << 20); width++)
    if (total % width == 0)
      {
        if (best == 0 || ABS (width - last) < ABS (best - last))
          best = width;
        if (ABS (total / width - last) < ABS (best - last))
          best = total / width;
      }
  return best;
}

void
tn_candidates_reshape (TnAdvisor *advisor)
{
  gint64 total = tn_shape_elements (&advisor->arrives, 1), best, holds;
  TnShape target;
  TnNodeId node = advisor->issue->node;
  int param = tn_schema_param (tn_node_schema (advisor->node), "target_shape");

  if (total < 1 || param < 0 || !tn_node_dims (advisor->node, (guint)param, &target)
      || target.rank < 1)
    return;
  holds = tn_shape_elements (&target, 0);
  mend_target (advisor, &target, total);
  tn_advisor_scale_causes (advisor, holds, total);
  tn_advisor_insert_poolings (advisor, node, 0, 1);
  best = target.dims[target.rank - 1].size > 0
             ? nearest_width (total, target.dims[target.rank - 1].size)
             : 0;
  if (best > 1)
    {
      g_autofree char *text = g_strdup_printf ("(-1, %" G_GINT64_FORMAT ")", best);

      tn_advisor_try_set (advisor, node, "target_shape", text);
    }
  tn_advisor_try_set (advisor, node, "target_shape", "(-1,)");
  if (advisor->arrives.rank == 2)
    {
      tn_advisor_insert_dense (advisor, holds);
      tn_candidates_input_for (advisor, 1, holds);
    }
}

/* ---- windows ---- */

/* Layers of the model (of TnNodeId) whose window can be padded; @convolutions: only such. */
static GArray *
padded_layers (const TnAdvisor *advisor, gboolean convolutions)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  for (guint i = 0; i < tn_graph_size (advisor->graph); i++)
    {
      const TnNode *node = tn_graph_node (advisor->graph, i);
      int padding = tn_schema_param (tn_node_schema (node), "padding");
      TnNodeId id = tn_node_id (node);

      if (padding >= 0 && tn_node_schema (node)->params[padding].kind == TN_PARAM_CHOICE
          && (!convolutions || strstr (tn_node_type (node), "Conv") != NULL))
        g_array_append_val (found, id);
    }
  return found;
}

static void
pad_windows (TnAdvisor *advisor)
{
  g_autoptr (GArray) upstream = tn_advisor_upstream_with (advisor, "padding");
  g_autoptr (GArray) convolutions = padded_layers (advisor, TRUE);
  g_autoptr (GArray) all = padded_layers (advisor, FALSE);

  tn_advisor_try_set (advisor, advisor->issue->node, "padding", "same");
  tn_advisor_try_set_all (advisor, convolutions, "padding", "same",
                          g_strdup (_ ("Set padding of all convolutions to same")));
  g_array_append_val (upstream, advisor->issue->node);
  tn_advisor_try_set_all (advisor, upstream, "padding", "same",
                          g_strdup_printf (_ ("Set padding of %s and all layers before it to same"),
                                           tn_node_name (advisor->node)));
  tn_advisor_try_set_all (advisor, all, "padding", "same",
                          g_strdup (_ ("Set padding of all convolutions and poolings to same")));
}

/* A window no larger than what it slides over. */
static void
shrink_window (TnAdvisor *advisor)
{
  const char *name = advisor->issue->param;
  int param = name != NULL ? tn_schema_param (tn_node_schema (advisor->node), name) : -1;
  TnImage image = tn_advisor_image (advisor, advisor->issue->node, advisor->arrives.rank);
  gint64 sizes[3];
  gboolean alike = TRUE;
  g_autofree char *text = NULL;

  if (param < 0 || image.n < 1 || image.n > 3
      || tn_node_schema (advisor->node)->params[param].kind != TN_PARAM_INTS
      || !tn_node_ints (advisor->node, (guint)param, sizes))
    return;
  for (int i = 0; i < image.n; i++)
    {
      gint64 left = advisor->arrives.dims[image.spatial + i].size;

      if (left > 0)
        sizes[i] = MIN (sizes[i], left);
      alike = alike && sizes[i] == sizes[0];
    }
  if (alike)
    text = tn_int_text (sizes[0]);
  else
    {
      g_autoptr (TnValue) value = tn_value_new_ints (sizes, (gsize)image.n);

      text = tn_value_to_text (value);
    }
  tn_advisor_try_set (advisor, advisor->issue->node, name, text);
}

/* What made so little of it: each pooling out of the way, each stride back to 1. */
static void
undo_shrinking (TnAdvisor *advisor)
{
  guint tried = 0;

  for (guint i = 0; i < advisor->upstream->len && tried < MOST_SINGLE; i++)
    {
      TnNodeId id = g_array_index (advisor->upstream, TnNodeId, i);
      const TnNode *node = tn_graph_find (advisor->graph, id);
      int strides = tn_schema_param (tn_node_schema (node), "strides");

      if (g_str_has_prefix (tn_node_type (node), "MaxPooling")
          || g_str_has_prefix (tn_node_type (node), "AveragePooling"))
        tn_advisor_try_remove (advisor, id);
      else if (strides < 0 || strstr (tn_node_type (node), "Transpose") != NULL
               || tn_node_get (node, (guint)strides) == NULL)
        continue;
      else
        tn_advisor_try_set (advisor, id, "strides", "1");
      tried++;
    }
}

void
tn_candidates_window (TnAdvisor *advisor)
{
  /* Often the channels are where height is looked for. */
  tn_candidates_input_order (advisor);
  pad_windows (advisor);
  shrink_window (advisor);
  undo_shrinking (advisor);
  tn_advisor_try_remove (advisor, advisor->issue->node);
  tn_advisor_try_remove_on (advisor, advisor->issue->node);
  tn_candidates_input_larger (advisor);
  tn_advisor_turn_formats (advisor);
}

/* A cropping that takes off all that there is: less of it, none of it, or more to take it from. */
void
tn_candidates_crop (TnAdvisor *advisor)
{
  if (advisor->issue->param != NULL)
    {
      tn_advisor_try_set (advisor, advisor->issue->node, advisor->issue->param, "1");
      tn_advisor_try_set (advisor, advisor->issue->node, advisor->issue->param, "0");
    }
  tn_advisor_try_remove (advisor, advisor->issue->node);
  undo_shrinking (advisor);
  tn_candidates_input_larger (advisor);
}
