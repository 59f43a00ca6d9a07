/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which axis the layers around a place have their channels on. */
#include <string.h>

#include "graph/tn-active.h"
#include "infer/tn-prospect.h"

typedef enum
{
  FORMAT_OPEN, /* it takes any, and gives the same */
  FORMAT_LAST,
  FORMAT_FIRST,
  FORMAT_ENDS, /* what is on its other side says nothing of this one */
} Format;

static Format
format_of (const TnNode *node)
{
  static const char *const ends[] = { "Permute", "Reshape", "Flatten", "EinsumDense" };
  const int param = tn_schema_param (tn_node_schema (node), "data_format");
  g_autoptr (TnValue) value = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (strcmp (tn_node_type (node), ends[i]) == 0)
      return FORMAT_ENDS;
  if (param < 0)
    return FORMAT_OPEN;
  value = tn_node_value (node, (guint)param);
  return value != NULL && tn_value_kind (value) == TN_VALUE_STRING
                 && strcmp (tn_value_string (value), "channels_first") == 0
             ? FORMAT_FIRST
             : FORMAT_LAST;
}

static void
append (GArray *queue, GHashTable *seen, guint index)
{
  if (g_hash_table_add (seen, GUINT_TO_POINTER (index + 1)))
    g_array_append_val (queue, index);
}

/* Of the nearest layer from @start on that has one, up or down the wires. */
static Format
nearest_format (const TnGraph *graph, guint start, gboolean up)
{
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  append (queue, seen, start);
  for (guint i = 0; i < queue->len; i++)
    {
      const guint index = g_array_index (queue, guint, i);
      const TnNode *node = tn_graph_node (graph, index);
      const Format format = format_of (node);
      const TnGraphUse *uses;
      guint n_uses;

      if (format == FORMAT_LAST || format == FORMAT_FIRST)
        return format;
      if (format == FORMAT_ENDS)
        continue;
      uses = tn_graph_uses (graph, index, &n_uses);
      for (guint j = 0; !up && j < n_uses; j++)
        append (queue, seen, uses[j].index);
      for (guint call = 0; up && call < tn_node_n_calls (node); call++)
        for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
          {
            const int source = tn_graph_index (graph, tn_node_input (node, call, slot).node);

            if (source >= 0)
              append (queue, seen, (guint)source);
          }
    }
  return FORMAT_OPEN;
}

/* Of what uses the tensor @ref. */
static Format
format_behind (const TnGraph *graph, guint index)
{
  const TnGraphUse *uses;
  guint n_uses;

  uses = tn_graph_uses (graph, index, &n_uses);
  for (guint i = 0; i < n_uses; i++)
    {
      const Format format = nearest_format (graph, uses[i].index, FALSE);

      if (format != FORMAT_OPEN)
        return format;
    }
  return FORMAT_OPEN;
}

gboolean
tn_spot_channels_first (const TnSpot *spot)
{
  const TnGraph *graph = tn_facts_whole (spot->facts);
  const int from = tn_graph_index (graph, spot->from.node);
  const int to = tn_graph_index (graph, spot->to);
  Format format = FORMAT_OPEN;
  guint n_first = 0;

  if (from >= 0)
    format = nearest_format (graph, (guint)from, TRUE);
  if (format == FORMAT_OPEN && to >= 0)
    format = nearest_format (graph, (guint)to, FALSE);
  if (format == FORMAT_OPEN && from >= 0)
    format = format_behind (graph, (guint)from);
  if (format != FORMAT_OPEN || from >= 0 || to >= 0)
    return format == FORMAT_FIRST;
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      format = format_of (tn_graph_node (graph, i));
      if (format == FORMAT_LAST)
        return FALSE;
      n_first += format == FORMAT_FIRST;
    }
  return n_first > 0;
}
