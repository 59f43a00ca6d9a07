/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates for labels that are not what the model puts out: one of the two has to change. */
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"

/* Of layers upstream that are tried one by one. */
#define MOST_SINGLE 12

/* Output and labels each with so many dimensions; with a sparse loss one of the labels' is not
 * there. */
static int
wanted_rank (const TnAdvisor *advisor)
{
  return advisor->issue->received.rank + advisor->arrives.rank - advisor->issue->expected.rank;
}

/* Where more dimensions come in than the labels have: one row is made of them there, before the
 * layers that decide what comes out. */
static void
flatten_upstream (TnAdvisor *advisor)
{
  int rank = wanted_rank (advisor);

  for (guint i = 0; i < MIN (advisor->upstream->len, MOST_SINGLE); i++)
    {
      TnNodeId id = g_array_index (advisor->upstream, TnNodeId, i);
      const TnNode *node = tn_graph_find (advisor->graph, id);
      int arrives = tn_node_n_inputs (node, 0) == 1
                        ? tn_facts_shape (advisor->facts, tn_node_input (node, 0, 0), NULL).rank
                        : -1;

      if (strcmp (tn_node_type (node), "Flatten") == 0)
        tn_advisor_replace_flatten (advisor, id);
      if (strcmp (tn_node_type (node), "Dense") != 0 || rank != 2 || arrives <= 2)
        continue;
      tn_advisor_try_insert (
          advisor, "Flatten", id, 0, 0,
          g_strdup_printf (_ ("Insert %s before %s"), "Flatten", tn_node_name (node)), NULL);
      tn_advisor_try_insert_sized (advisor, "GlobalAveragePooling", id, 0, 0, FALSE, "", NULL);
      tn_advisor_try_insert_sized (advisor, "GlobalMaxPooling", id, 0, 0, FALSE, "", NULL);
    }
}

/* Layers upstream told otherwise, each by itself. */
static void
change_upstream (TnAdvisor *advisor)
{
  g_autoptr (GArray) padded = tn_advisor_upstream_with (advisor, "padding");
  g_autoptr (GArray) reshaped = tn_advisor_upstream_with (advisor, "target_shape");

  for (guint i = 0; i < MIN (padded->len, MOST_SINGLE); i++)
    {
      TnNodeId id = g_array_index (padded, TnNodeId, i);
      const TnNode *node = tn_graph_find (advisor->graph, id);
      int param = tn_schema_param (tn_node_schema (node), "padding");

      if (tn_node_schema (node)->params[param].kind == TN_PARAM_CHOICE)
        tn_advisor_try_set (advisor, id, "padding",
                            strcmp (tn_node_string (node, (guint)param), "same") == 0 ? "valid"
                                                                                      : "same");
    }
  /* A target with the channels first where they are last, and the other way round. */
  for (guint i = 0; i < MIN (reshaped->len, MOST_SINGLE); i++)
    {
      TnNodeId id = g_array_index (reshaped, TnNodeId, i);
      const TnNode *node = tn_graph_find (advisor->graph, id);
      TnShape target, turned;

      if (!tn_node_dims (node, (guint)tn_schema_param (tn_node_schema (node), "target_shape"),
                         &target)
          || target.rank < 2)
        continue;
      for (int by = 1; by < target.rank; by++)
        {
          g_autofree char *text = NULL;

          turned = target;
          for (int axis = 0; axis < target.rank; axis++)
            turned.dims[axis] = target.dims[(axis + by) % target.rank];
          text = tn_shape_to_text (&turned);
          tn_advisor_try_set (advisor, id, "target_shape", text);
        }
    }
}

/* As many numbers as the labels hold, in another order or arrangement. */
static void
rearrange (TnAdvisor *advisor)
{
  TnShape labels = advisor->issue->received;
  gint64 sizes[TN_MAX_RANK];

  if (labels.rank < 2 || wanted_rank (advisor) != labels.rank || tn_shape_elements (&labels, 1) < 1
      || tn_shape_elements (&labels, 1) != tn_shape_elements (&advisor->arrives, 1))
    return;
  for (int axis = 1; axis < labels.rank; axis++)
    sizes[axis - 1] = labels.dims[axis].size;
  tn_advisor_insert_here (advisor, "Permute", "Permute((2, 1))",
                          (const char *const[]){ "dims", "(2, 1)", NULL });
  tn_advisor_insert_here (advisor, "Permute", "Permute((3, 1, 2))",
                          (const char *const[]){ "dims", "(3, 1, 2)", NULL });
  tn_advisor_insert_here (advisor, "Permute", "Permute((2, 3, 1))",
                          (const char *const[]){ "dims", "(2, 3, 1)", NULL });
  tn_advisor_insert_reshape (advisor, sizes, labels.rank - 1);
}

/* The labels as they would have to be. */
static void
change_labels (TnAdvisor *advisor)
{
  TnShape labels = advisor->issue->received, fitting = advisor->issue->expected;
  g_autofree char *text = NULL;

  if (labels.rank > 0 && fitting.rank > 0)
    fitting.dims[0] = labels.dims[0];
  text = tn_shape_to_text (&fitting);
  tn_advisor_try_set (advisor, advisor->issue->node, "shape", text);
}

void
tn_candidates_target (TnAdvisor *advisor)
{
  const TnIssue *issue = advisor->issue;
  TnShape labels = issue->received, fitting = issue->expected, out = advisor->arrives;
  int axis = tn_shape_axis (&labels, issue->axis);

  /* Class numbers and rows of probabilities are each made for one loss. */
  tn_advisor_try_set (advisor, issue->node, "loss", "'sparse_categorical_crossentropy'");
  tn_advisor_try_set (advisor, issue->node, "loss", "'categorical_crossentropy'");
  tn_advisor_return_sequences (advisor, wanted_rank (advisor) > out.rank);
  if (labels.rank == fitting.rank && axis > 0)
    tn_advisor_scale_causes (advisor, labels.dims[axis].size, fitting.dims[axis].size);
  flatten_upstream (advisor);
  change_labels (advisor);
  change_upstream (advisor);
  if (labels.rank == out.rank && labels.rank >= 3)
    tn_candidates_fit (advisor, 0, &out, &labels);
  if (labels.rank >= 2 && wanted_rank (advisor) == labels.rank
      && labels.dims[labels.rank - 1].size > 0)
    tn_advisor_insert_dense (advisor, labels.dims[labels.rank - 1].size);
  if (labels.rank == 2 && out.rank > 2)
    {
      tn_advisor_insert_here (advisor, "Flatten", "Flatten", NULL);
      tn_advisor_try_insert_sized (advisor, "GlobalAveragePooling", issue->node, 0, 0, FALSE, "",
                                   NULL);
    }
  rearrange (advisor);
  tn_advisor_turn_formats (advisor);
  tn_candidates_input_and_target (advisor);
  if (labels.rank == fitting.rank && axis > 0 && out.rank == labels.rank)
    tn_candidates_input_for (advisor, axis, labels.dims[axis].size);
}
