/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates that mend faults of several kinds, and what is asked of a model to make them. */
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"

/* Of recurrent layers that follow one another. */
#define MOST_RECURRENT 16

char *
tn_int_text (gint64 integer)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, integer);
}

char *
tn_class_for_rank (const char *stem, int rank)
{
  return rank >= 3 && rank <= 5 ? g_strdup_printf ("%s%dD", stem, rank - 2) : NULL;
}

gboolean
tn_advisor_is_type (const TnAdvisor *advisor, TnNodeId node, const char *type)
{
  const TnNode *found = tn_graph_find (advisor->graph, node);

  return found != NULL && strcmp (tn_node_type (found), type) == 0;
}

/* 1: the channels are first, 0: last, -1: the layer does not say. */
static int
told_format (const TnNode *node)
{
  int param = node != NULL ? tn_schema_param (tn_node_schema (node), "data_format") : -1;

  return param >= 0 ? strcmp (tn_node_string (node, (guint)param), "channels_first") == 0 : -1;
}

TnImage
tn_advisor_image (const TnAdvisor *advisor, TnNodeId near, int rank)
{
  TnImage image = { .rank = rank, .n = MAX (rank - 2, 0), .spatial = 1, .channel = rank - 1 };
  int told = told_format (tn_graph_find (advisor->graph, near));

  for (guint i = 0; told < 0 && i < advisor->upstream->len; i++)
    told = told_format (
        tn_graph_find (advisor->graph, g_array_index (advisor->upstream, TnNodeId, i)));
  if (told == 1 && rank > 2)
    {
      image.channels_first = TRUE;
      image.spatial = 2;
      image.channel = 1;
    }
  return image;
}

GArray *
tn_advisor_upstream_with (const TnAdvisor *advisor, const char *param)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  for (guint i = 0; i < advisor->upstream->len; i++)
    {
      TnNodeId id = g_array_index (advisor->upstream, TnNodeId, i);
      const TnNode *node = tn_graph_find (advisor->graph, id);

      if (tn_schema_param (tn_node_schema (node), param) >= 0)
        g_array_append_val (found, id);
    }
  return found;
}

/* ---- layers put in ---- */

gboolean
tn_advisor_insert_here (TnAdvisor *advisor, const char *type, const char *what,
                        const char *const *settings)
{
  if (advisor->source.node == TN_NODE_NONE)
    return FALSE;
  return tn_advisor_try_insert (
      advisor, type, advisor->issue->node, advisor->call, advisor->slot,
      /* Translators: Insert Flatten before dense_2 */
      g_strdup_printf (_ ("Insert %s before %s"), what, tn_node_name (advisor->node)), settings);
}

void
tn_advisor_insert_dense (TnAdvisor *advisor, gint64 units)
{
  g_autofree char *text = tn_int_text (units);
  g_autofree char *what = g_strdup_printf ("Dense(%s)", text);

  if (units > 0)
    tn_advisor_insert_here (
        advisor, "Dense", what,
        (const char *const[]){
            "units", text,
            /* Two of them with nothing in between could do no more than one. */
            tn_advisor_is_type (advisor, advisor->issue->node, "Dense") ? "activation" : NULL,
            "'relu'", NULL });
}

void
tn_advisor_insert_reshape (TnAdvisor *advisor, const gint64 *sizes, int n)
{
  g_autoptr (TnValue) value = tn_value_new_ints (sizes, (gsize)n);
  g_autofree char *text = tn_value_to_text (value);
  g_autofree char *what = g_strdup_printf ("Reshape(%s)", text);

  tn_advisor_insert_here (advisor, "Reshape", what,
                          (const char *const[]){ "target_shape", text, NULL });
}

void
tn_advisor_insert_pointwise (TnAdvisor *advisor, guint slot, gint64 filters, gint64 strides)
{
  TnRef from = tn_node_input (advisor->node, advisor->call, slot);
  int rank = tn_facts_shape (advisor->facts, from, NULL).rank;
  g_autofree char *count = tn_int_text (filters), *stride = tn_int_text (strides);
  g_autofree char *type = tn_class_for_rank ("Conv", rank);
  const TnNode *source = tn_graph_find (advisor->graph, from.node);
  gboolean first = tn_advisor_image (advisor, advisor->issue->node, rank).channels_first;
  char *label;

  if (filters < 1 || strides < 1 || source == NULL || type == NULL)
    return;
  if (strides > 1)
    label = g_strdup_printf (
        _ ("Insert a %s of kernel size 1 with %s filters and strides %s after %s"), type, count,
        stride, tn_node_name (source));
  else if (rank == 4)
    label = g_strdup_printf (_ ("Insert a 1×1 Conv2D with %s filters after %s"), count,
                             tn_node_name (source));
  else
    label = g_strdup_printf (_ ("Insert a %s of kernel size 1 with %s filters after %s"), type,
                             count, tn_node_name (source));
  tn_advisor_try_insert (advisor, type, advisor->issue->node, advisor->call, slot, label,
                         (const char *const[]){ "filters", count, "kernel_size", "1", "strides",
                                                stride, "data_format",
                                                first ? "channels_first" : "channels_last", NULL });
}

void
tn_advisor_insert_poolings (TnAdvisor *advisor, TnNodeId to, guint slot, guint most)
{
  const TnNode *target = tn_graph_find (advisor->graph, to);
  TnShape shape = tn_facts_shape (advisor->facts, tn_node_input (target, 0, slot), NULL);
  TnImage image = tn_advisor_image (advisor, to, shape.rank);
  guint kept = advisor->fixes->len;

  for (int pass = 0; pass < 2 && image.n > 0; pass++)
    for (int size = 2; size <= 8 && advisor->fixes->len - kept < most; size++)
      {
        gboolean whole = TRUE;
        g_autofree char *text = tn_int_text (size);
        g_autofree char *what = g_strdup_printf ("(%d)", size);

        for (int i = 0; i < image.n; i++)
          whole = whole && shape.dims[image.spatial + i].size % size == 0;
        if (whole == (pass == 0))
          tn_advisor_try_insert_sized (advisor, "MaxPooling", to, 0, slot, FALSE, what,
                                       (const char *const[]){ "pool_size", text, NULL });
      }
}

/* ---- layers exchanged ---- */

void
tn_advisor_replace_flatten (TnAdvisor *advisor, TnNodeId flatten)
{
  static const char *const stems[] = { "GlobalAveragePooling", "GlobalMaxPooling" };
  const TnNode *node = tn_graph_find (advisor->graph, flatten);
  int rank = tn_facts_shape (advisor->facts, tn_node_input (node, 0, 0), NULL).rank;
  gboolean first = tn_advisor_image (advisor, flatten, rank).channels_first;

  for (guint i = 0; i < G_N_ELEMENTS (stems); i++)
    {
      g_autofree char *type = tn_class_for_rank (stems[i], rank);

      if (type != NULL)
        tn_advisor_try_replace (advisor, flatten, type,
                                g_strdup_printf (_ ("Replace %s by %s"), tn_node_name (node), type),
                                (const char *const[]){ "data_format",
                                                       first ? "channels_first" : "channels_last",
                                                       NULL });
    }
}

/* ---- parameters upstream ---- */

/* Layers that have return_sequences and, somewhere behind them, another such: each of them has to
 * hand on a sequence. */
static GArray *
recurrent_before_others (const TnAdvisor *advisor)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  guint n = 0;
  TnNodeId ids[MOST_RECURRENT];

  for (guint i = 0; i < tn_graph_size (advisor->graph); i++)
    {
      const TnNode *node = tn_graph_node (advisor->graph, i);

      if (tn_schema_param (tn_node_schema (node), "return_sequences") < 0)
        continue;
      if (n == MOST_RECURRENT)
        return found;
      ids[n++] = tn_node_id (node);
    }
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      if (i != j && tn_graph_depends (advisor->graph, ids[j], ids[i]))
        {
          g_array_append_val (found, ids[i]);
          break;
        }
  return found;
}

void
tn_advisor_return_sequences (TnAdvisor *advisor, gboolean on)
{
  g_autoptr (GArray) nodes = tn_advisor_upstream_with (advisor, "return_sequences");
  g_autoptr (GArray) all = NULL;
  const char *text = on ? "True" : "False";

  if (nodes->len == 0)
    return;
  tn_advisor_try_set (advisor, g_array_index (nodes, TnNodeId, 0), "return_sequences", text);
  if (on)
    {
      all = recurrent_before_others (advisor);
      tn_advisor_try_set_all (
          advisor, all, "return_sequences", text,
          g_strdup (_ ("Set return_sequences of all recurrent layers but the last to True")));
    }
}

void
tn_advisor_scale_causes (TnAdvisor *advisor, gint64 wanted, gint64 received)
{
  const GArray *links = advisor->issue->provenance;

  if (wanted < 1 || received < 1)
    return;
  for (guint i = links != NULL ? links->len : 0; i-- > 0;)
    {
      const TnProvenance *link = &g_array_index (links, TnProvenance, i);
      const TnNode *node = tn_graph_find (advisor->graph, link->node);
      int param = node != NULL && link->param != NULL
                      ? tn_schema_param (tn_node_schema (node), link->param)
                      : -1;
      gint64 value, scaled;
      g_autofree char *text = NULL;

      if (param < 0 || tn_node_schema (node)->params[param].kind != TN_PARAM_INT)
        continue;
      value = tn_node_int (node, (guint)param);
      if (__builtin_mul_overflow (value, wanted, &scaled) || scaled % received != 0)
        continue;
      text = tn_int_text (scaled / received);
      tn_advisor_try_set (advisor, link->node, link->param, text);
    }
}

/* What goes with the channels: the axis that a normalization or a Concatenate works along. */
static gboolean
turn_axis (TnDraft *draft, const TnNode *node, gboolean first)
{
  int param = tn_schema_param (tn_node_schema (node), "axis");

  if (param < 0 || tn_node_schema (node)->params[param].kind != TN_PARAM_INT)
    return FALSE;
  if (tn_node_int (node, (guint)param) != (first ? -1 : 1))
    return FALSE;
  return tn_draft_set_text (draft, tn_node_id (node), "axis", first ? "1" : "-1", NULL);
}

void
tn_advisor_turn_formats (TnAdvisor *advisor)
{
  gboolean first
      = !tn_advisor_image (advisor, advisor->issue->node, advisor->arrives.rank).channels_first;
  const char *text = first ? "channels_first" : "channels_last";

  /* A second time with what only works along the channels left as it is. */
  for (int pass = 0; pass < 2; pass++)
    {
      g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
      g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

      for (guint i = 0; i < tn_graph_size (advisor->graph); i++)
        {
          const TnNode *node = tn_graph_node (advisor->graph, i);
          TnNodeId id = tn_node_id (node);
          TnShape shape = tn_facts_shape (advisor->facts, (TnRef){ id, 0, 0 }, NULL);

          if (tn_schema_param (tn_node_schema (node), "data_format") >= 0
                  ? !tn_draft_set_text (draft, id, "data_format", text, NULL)
                  : pass > 0 || shape.rank < 3 || !turn_axis (draft, node, first))
            continue;
          if (!tn_node_same_meaning (node, tn_draft_find (draft, id)))
            g_array_append_val (touched, id);
        }
      if (touched->len > 0)
        tn_advisor_try (
            advisor, g_steal_pointer (&draft),
            touched->len == 1 ? g_strdup_printf (
                _ ("Set %s of %s to %s"), "data_format",
                tn_node_name (tn_graph_find (advisor->graph, g_array_index (touched, TnNodeId, 0))),
                text)
                              : g_strdup_printf (_ ("Set data_format of all layers to %s"), text),
            (const TnNodeId *)touched->data, touched->len);
    }
}
