/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Given arrays against inputs and labels, and what would bring them into shape. */
#include "infer/tn-data.h"

#include "base/tn-i18n.h"

/* What an array at this layer must look like; rank -1 where that cannot be told. */
static TnShape
wanted_shape (const TnFacts *facts, const TnNode *node)
{
  const TnGraph *graph = tn_facts_graph (facts);
  int index = tn_graph_index (graph, tn_node_id (node));
  TnShape shape;

  if (tn_node_is_source (node))
    return tn_facts_shape (facts, (TnRef){ tn_node_id (node), 0, 0 }, NULL);
  shape = tn_facts_input (facts, (guint)index, 0, 0);
  return tn_target_expected (node, shape);
}

static gboolean
fits_from (const TnShape *wanted, const TnShape *given, int from)
{
  if (wanted->rank != given->rank)
    return FALSE;
  for (int axis = from; axis < wanted->rank; axis++)
    if (!tn_dim_compatible (wanted->dims[axis], given->dims[axis]))
      return FALSE;
  return TRUE;
}

/* @given without its axis @axis. */
static TnShape
without_axis (TnShape shape, int axis)
{
  for (int i = axis; i + 1 < shape.rank; i++)
    shape.dims[i] = shape.dims[i + 1];
  shape.rank--;
  return shape;
}

/* The same axes in another order? "0, 2, 3, 1" for NumPy; NULL when no order will do. */
static char *
order_of_axes (const TnShape *wanted, const TnShape *given)
{
  gboolean used[TN_MAX_RANK] = { TRUE };
  g_autoptr (GString) order = g_string_new ("0");

  if (wanted->rank != given->rank || wanted->rank < 3)
    return NULL;
  for (int axis = 1; axis < wanted->rank; axis++)
    {
      int found = -1;

      for (int i = 1; i < given->rank && found < 0; i++)
        if (!used[i] && tn_dim_is_known (wanted->dims[axis])
            && wanted->dims[axis].size == given->dims[i].size)
          found = i;
      if (found < 0)
        return NULL;
      used[found] = TRUE;
      g_string_append_printf (order, ", %d", found);
    }
  return g_string_free (g_steal_pointer (&order), FALSE);
}

/* What to do with the array, a sentence; NULL where nothing sensible comes to mind. */
static char *
way_out (const TnShape *wanted, const TnShape *given, const char *layer)
{
  g_autofree char *order = order_of_axes (wanted, given);
  TnShape less;

  if (wanted->rank == given->rank + 1)
    {
      less = without_axis (*wanted, wanted->rank - 1);
      if (wanted->dims[wanted->rank - 1].size == 1 && fits_from (&less, given, 0))
        return g_strdup (_ ("An axis of size 1 is missing at its end: x[..., None] adds it."));
      less = without_axis (*wanted, 0);
      if (fits_from (&less, given, 0))
        return g_strdup (
            _ ("It looks like a single sample: x[None] puts the axis of samples before "
               "it."));
    }
  if (given->rank == wanted->rank + 1)
    for (int axis = 1; axis < given->rank; axis++)
      {
        less = without_axis (*given, axis);
        if (given->dims[axis].size == 1 && fits_from (wanted, &less, 0))
          return g_strdup_printf (_ ("It has an axis of size 1 too many: x.squeeze(%d) takes it "
                                     "away."),
                                  axis);
      }
  if (order != NULL)
    return g_strdup_printf (_ ("Its axes stand in another order: x.transpose(%s) turns them."),
                            order);
  if (tn_shape_is_full (wanted, 1) && wanted->rank > 0 && given->rank > 0
      && tn_shape_elements (wanted, 1) == tn_shape_elements (given, 1))
    {
      g_autoptr (GString) sizes = g_string_new ("-1");

      for (int axis = 1; axis < wanted->rank; axis++)
        g_string_append_printf (sizes, ", %" PRIi64, wanted->dims[axis].size);
      return g_strdup_printf (_ ("It holds as many numbers a sample: x.reshape(%s) arranges them."),
                              sizes->str);
    }
  /* Class numbers where rows were asked for, and the other way round. */
  if (wanted->rank == 2 && (given->rank == 1 || (given->rank == 2 && given->dims[1].size == 1)))
    return g_strdup (_ ("If it holds class numbers, the loss sparse_categorical_crossentropy takes "
                        "them as they are."));
  if (given->rank == 2 && wanted->rank == 1)
    return g_strdup (_ ("If it holds a row for each sample (one-hot), the loss "
                        "categorical_crossentropy takes it as it is."));
  if (given->rank == wanted->rank)
    return g_strdup_printf (_ ("Bring the data to that size, or give %s the sizes of the data."),
                            layer);
  return NULL;
}

static void
check_shape (const TnFacts *facts, const TnNode *node, const TnData *data, TnReport *report)
{
  TnShape wanted = wanted_shape (facts, node);
  g_autofree char *asked = NULL, *got = NULL, *hint = NULL;
  TnIssue *issue;

  if (!tn_shape_is_some (&wanted)
      || (tn_node_is_source (node) ? fits_from (&wanted, &data->shape, 0)
                                   : tn_target_difference (&data->shape, &wanted) == 0))
    return;
  asked = tn_shape_to_text (&wanted);
  got = tn_shape_to_text (&data->shape);
  hint = way_out (&wanted, &data->shape, tn_node_name (node));
  issue
      = tn_report_add (report, TN_SEVERITY_CONTRACT, "data-shape", tn_node_id (node),
                       tn_node_is_source (node)
                           ? _ ("%s takes %s, but %s has the shape %s. %s")
                           : _ ("At %s labels of shape %s are wanted, but %s has the shape %s. %s"),
                       tn_node_name (node), asked, data->name, got, hint != NULL ? hint : "");
  if (issue == NULL)
    return;
  g_strchomp (issue->message);
  issue->expected = wanted;
  issue->received = data->shape;
  for (int axis = wanted.rank; wanted.rank == data->shape.rank && axis-- > 0;)
    if (!tn_dim_compatible (wanted.dims[axis], data->shape.dims[axis]))
      {
        issue->axis = axis - wanted.rank;
        break;
      }
}

void
tn_data_check (const TnFacts *facts, const TnData *data, guint n_data, TnReport *report)
{
  for (guint i = 0; i < n_data; i++)
    {
      const TnNode *node = tn_graph_find (tn_facts_graph (facts), data[i].node);

      g_return_if_fail (node != NULL);
      check_shape (facts, node, &data[i], report);
      if (i > 0 && data[i].shape.rank > 0 && data[0].shape.rank > 0
          && data[i].shape.dims[0].size != data[0].shape.dims[0].size)
        tn_report_add (report, TN_SEVERITY_CONTRACT, "data-samples", data[i].node,
                       _ ("%s has %" PRIi64 " samples and %s %" PRIi64
                          "; each sample needs its part of both."),
                       data[i].name, data[i].shape.dims[0].size, data[0].name,
                       data[0].shape.dims[0].size);
    }
}
