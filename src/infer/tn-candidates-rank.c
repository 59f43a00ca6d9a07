/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates for too many or too few dimensions, and for sizes that are open. */
#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"

/* The same layer for as many axes as arrive: Conv1D where a sequence meets a Conv2D. What was set
 * for each axis goes over where it is one number for all. */
static void
replace_sibling (TnAdvisor *advisor)
{
  const TnNode *node = advisor->node;
  const TnSchema *schema = tn_node_schema (node);
  const char *digit = strpbrk (tn_node_type (node), "123");
  g_autofree char *stem = NULL, *type = NULL;
  g_autoptr (GPtrArray) settings = g_ptr_array_new_with_free_func (g_free);
  const TnLayer *sibling;

  if (digit == NULL || digit[1] != 'D')
    return;
  stem = g_strndup (tn_node_type (node), (gsize)(digit - tn_node_type (node)));
  type = tn_class_for_rank (stem, advisor->arrives.rank);
  if (type != NULL && digit[2] != '\0')
    {
      char *whole = g_strconcat (type, digit + 2, NULL);

      g_free (type);
      type = whole;
    }
  sibling = type != NULL ? tn_layer_find (type) : NULL;
  if (sibling == NULL)
    return;
  for (guint i = 0; i < schema->n_params; i++)
    {
      const TnValue *value = tn_node_get (node, i);

      if (value == NULL || tn_schema_param (&sibling->schema, schema->params[i].name) < 0)
        continue;
      if (schema->params[i].kind == TN_PARAM_INTS && tn_value_kind (value) == TN_VALUE_LIST)
        {
          for (gsize at = 1; at < tn_value_size (value); at++)
            if (!tn_value_equal (tn_value_at (value, at), tn_value_at (value, 0)))
              return;
          if (tn_value_size (value) == 0)
            return;
          value = tn_value_at (value, 0);
        }
      g_ptr_array_add (settings, g_strdup (schema->params[i].name));
      g_ptr_array_add (settings, tn_value_to_text (value));
    }
  g_ptr_array_add (settings, NULL);
  tn_advisor_try_replace (advisor, tn_node_id (node), type,
                          g_strdup_printf (_ ("Replace %s by %s"), tn_node_name (node), type),
                          (const char *const *)settings->pdata);
}

/* One axis more, of size 1, or what can be told of how a row was an image. */
static void
reshape_up (TnAdvisor *advisor, int rank)
{
  TnShape in = advisor->arrives;
  gint64 features = tn_shape_elements (&in, 1);
  static const gint64 channels[] = { 1, 3 };
  gint64 sizes[4], side;

  if (in.rank >= 2 && rank == in.rank + 1 && rank <= 5 && tn_shape_is_full (&in, 1))
    {
      for (int axis = 1; axis < in.rank; axis++)
        sizes[axis - 1] = in.dims[axis].size;
      sizes[in.rank - 1] = 1;
      tn_advisor_insert_reshape (advisor, sizes, in.rank);
      /* One step in place of one feature, one slice in place of one channel. */
      sizes[0] = 1;
      for (int axis = 1; axis < in.rank; axis++)
        sizes[axis] = in.dims[axis].size;
      tn_advisor_insert_reshape (advisor, sizes, in.rank);
    }
  if (rank != 4 || in.rank != 2 || features < 1)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
    {
      side = features % channels[i] == 0 ? (gint64)sqrt ((double)(features / channels[i])) : 0;
      if (side > 1 && side * side * channels[i] == features)
        tn_advisor_insert_reshape (advisor, (gint64[]){ side, side, channels[i] }, 3);
    }
  tn_advisor_insert_reshape (advisor, (gint64[]){ 1, 1, features }, 3);
}

/* Axes taken together, from the front or from the back: (h, w, c) as (h, w·c) and (h·w, c). */
static void
reshape_down (TnAdvisor *advisor, int rank)
{
  TnShape in = advisor->arrives;
  int n = in.rank - 1, wanted = rank - 1;
  gint64 sizes[TN_MAX_RANK];

  if (wanted < 1 || n <= wanted || !tn_shape_is_full (&in, 1))
    return;
  for (int back = 1; back >= 0; back--)
    {
      for (int i = 0; i < wanted; i++)
        sizes[i] = in.dims[1 + i + (back ? 0 : n - wanted)].size;
      sizes[back ? wanted - 1 : 0] = 1;
      for (int i = back ? wanted - 1 : 0; i < (back ? n : n - wanted + 1); i++)
        if (__builtin_mul_overflow (sizes[back ? wanted - 1 : 0], in.dims[1 + i].size,
                                    &sizes[back ? wanted - 1 : 0]))
          return;
      tn_advisor_insert_reshape (advisor, sizes, wanted);
    }
}

/* The batch was forgotten in the shape of the input, or the channels, or there is one axis too many
 * of size 1. */
static void
change_input (TnAdvisor *advisor, int rank)
{
  const TnNode *source = tn_graph_find (advisor->graph, advisor->source.node);
  TnShape in = advisor->arrives, other = { .rank = 0 };
  gboolean no_batch = in.rank > 0 && tn_dim_is_known (in.dims[0]);
  g_autofree char *text = NULL;

  if (source == NULL || !tn_node_is_source (source))
    return;
  if (in.rank + 1 == rank)
    {
      if (no_batch)
        other = tn_shape_append (other, tn_dim (TN_DIM_UNKNOWN));
      for (int axis = 0; axis < in.rank; axis++)
        other = tn_shape_append (other, in.dims[axis]);
      if (!no_batch)
        other = tn_shape_append (other, tn_dim (1));
    }
  else if (in.rank == rank + 1)
    {
      /* The number of samples, written where the batch is added anyhow: (None, 6000, 28, 28, 1). */
      other = tn_shape_append (other, in.dims[0]);
      for (int axis = 2; axis < in.rank; axis++)
        other = tn_shape_append (other, in.dims[axis]);
    }
  else
    return;
  text = tn_shape_to_text (&other);
  tn_advisor_try_set (advisor, advisor->source.node, "batch_shape", text);
}

/* What took dimensions off before: the nearest that may simply go. */
static void
remove_flattening (TnAdvisor *advisor)
{
  for (guint i = 0; i < MIN (advisor->upstream->len, 8); i++)
    {
      TnNodeId id = g_array_index (advisor->upstream, TnNodeId, i);
      const char *type = tn_node_type (tn_graph_find (advisor->graph, id));

      if (strcmp (type, "Flatten") == 0 || g_str_has_prefix (type, "Global"))
        tn_advisor_try_remove (advisor, id);
    }
}

void
tn_candidates_rank (TnAdvisor *advisor)
{
  TnShape in = advisor->arrives;
  int rank = advisor->issue->expected.rank;

  if (rank > in.rank)
    tn_advisor_return_sequences (advisor, TRUE);
  else
    tn_advisor_return_sequences (advisor, FALSE);
  if (rank > in.rank && in.rank >= 1)
    {
      reshape_up (advisor, rank);
      change_input (advisor, rank);
      if (rank == 3 && in.rank == 2)
        tn_advisor_insert_here (advisor, "RepeatVector", "RepeatVector(10)",
                                (const char *const[]){ "n", "10", NULL });
      remove_flattening (advisor);
      if (rank == 2 && in.rank == 1)
        tn_advisor_insert_here (advisor, "Flatten", "Flatten", NULL);
    }
  else if (rank > 0)
    {
      change_input (advisor, rank);
      if (rank == 2)
        tn_advisor_insert_here (advisor, "Flatten", "Flatten", NULL);
      reshape_down (advisor, rank);
      if (rank == 2)
        tn_advisor_try_insert_sized (advisor, "GlobalAveragePooling", advisor->issue->node,
                                     advisor->call, advisor->slot, FALSE, "", NULL);
    }
  replace_sibling (advisor);
  /* As many as arrive may be named by the layer itself. */
  if (tn_advisor_is_type (advisor, advisor->issue->node, "Permute") && in.rank >= 2 && in.rank <= 5)
    {
      static const char *const orders[] = { "(1,)", "(2, 1)", "(3, 1, 2)", "(4, 1, 2, 3)" };

      tn_advisor_try_set (advisor, advisor->issue->node, "dims", orders[in.rank - 2]);
    }
  tn_advisor_try_remove (advisor, advisor->issue->node);
}

void
tn_candidates_dense_rank (TnAdvisor *advisor)
{
  gint64 features = tn_shape_elements (&advisor->arrives, 1);

  tn_advisor_insert_here (advisor, "Flatten", "Flatten", NULL);
  tn_advisor_return_sequences (advisor, FALSE);
  tn_advisor_try_insert_sized (advisor, "GlobalAveragePooling", advisor->issue->node, advisor->call,
                               advisor->slot, FALSE, "", NULL);
  if (features > 0)
    tn_advisor_insert_reshape (advisor, &features, 1);
  if (tn_graph_dense_inputs (advisor->graph) == TN_DENSE_FLAT)
    {
      g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);

      tn_draft_set_dense_inputs (draft, TN_DENSE_ANY);
      tn_advisor_try (advisor, g_steal_pointer (&draft),
                      g_strdup (_ ("Let every Dense work on the last axis, as Keras does")), NULL,
                      0);
    }
}

void
tn_candidates_unknown_dim (TnAdvisor *advisor)
{
  if (tn_advisor_is_type (advisor, advisor->source.node, "Flatten"))
    tn_advisor_replace_flatten (advisor, advisor->source.node);
  tn_candidates_input_known (advisor);
  tn_advisor_try_insert_sized (advisor, "GlobalAveragePooling", advisor->issue->node, advisor->call,
                               advisor->slot, FALSE, "", NULL);
}
