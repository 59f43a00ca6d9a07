/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates for repairs, by issue code, the most usual first. Whether one mends anything is not
 * judged here: each is tried. */
#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "infer/tn-advice-private.h"

static char *
int_text (gint64 integer)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, integer);
}

/* "Insert Flatten before dense_2" */
static char *
insert_label (const TnAdvisor *advisor, const char *what)
{
  return g_strdup_printf (_ ("Insert %s before %s"), what, tn_node_name (advisor->node));
}

static gboolean
insert_here (TnAdvisor *advisor, const char *type, const char *what, const char *const *settings)
{
  if (advisor->source.node == TN_NODE_NONE)
    return FALSE;
  return tn_advisor_try_insert (advisor, type, advisor->issue->node, advisor->call, advisor->slot,
                                insert_label (advisor, what), settings);
}

static void
insert_dense (TnAdvisor *advisor, gint64 units)
{
  g_autofree char *text = int_text (units);
  g_autofree char *what = g_strdup_printf ("Dense(%s)", text);

  if (units > 0)
    insert_here (advisor, "Dense", what, (const char *const[]){ "units", text, NULL });
}

char *
tn_class_for_rank (const char *stem, int rank)
{
  return rank >= 3 && rank <= 5 ? g_strdup_printf ("%s%dD", stem, rank - 2) : NULL;
}

/* A convolution of kernel size 1 changes the number of channels and nothing else. */
static void
insert_pointwise (TnAdvisor *advisor, guint slot, gint64 filters)
{
  TnRef from = tn_node_input (advisor->node, advisor->call, slot);
  g_autofree char *text = int_text (filters);
  g_autofree char *type
      = tn_class_for_rank ("Conv", tn_facts_shape (advisor->facts, from, NULL).rank);
  const TnNode *source = tn_graph_find (advisor->graph, from.node);
  char *label;

  if (filters < 1 || source == NULL || type == NULL)
    return;
  if (strcmp (type, "Conv2D") == 0)
    label = g_strdup_printf (_ ("Insert a 1×1 Conv2D with %s filters after %s"), text,
                             tn_node_name (source));
  else
    label = g_strdup_printf (_ ("Insert a %s of kernel size 1 with %s filters after %s"), type,
                             text, tn_node_name (source));
  tn_advisor_try_insert (advisor, type, advisor->issue->node, advisor->call, slot, label,
                         (const char *const[]){ "filters", text, "kernel_size", "1", NULL });
}

static void
insert_reshape (TnAdvisor *advisor, const gint64 *sizes, int n)
{
  g_autoptr (TnValue) value = tn_value_new_ints (sizes, (gsize)n);
  g_autofree char *text = tn_value_to_text (value);
  g_autofree char *what = g_strdup_printf ("Reshape(%s)", text);

  insert_here (advisor, "Reshape", what, (const char *const[]){ "target_shape", text, NULL });
}

/* Poolings on the wire into @slot of @to, many faults being a size that is a multiple; first those
 * that leave no row out. */
static void
insert_poolings (TnAdvisor *advisor, TnNodeId to, guint slot, guint most)
{
  const TnNode *target = tn_graph_find (advisor->graph, to);
  TnShape shape = tn_facts_shape (advisor->facts, tn_node_input (target, 0, slot), NULL);
  g_autofree char *type = tn_class_for_rank ("MaxPooling", shape.rank);
  guint kept = advisor->fixes->len;

  if (type == NULL)
    return;
  for (int pass = 0; pass < 2; pass++)
    for (int size = 2; size <= 8 && advisor->fixes->len - kept < most; size++)
      {
        gboolean whole = TRUE;
        g_autofree char *text = int_text (size);

        for (int axis = 1; axis < shape.rank - 1; axis++)
          whole = whole && shape.dims[axis].size % size == 0;
        if (whole == (pass == 0))
          tn_advisor_try_insert (
              advisor, type, to, 0, slot,
              g_strdup_printf (_ ("Insert %s(%d) before %s"), type, size, tn_node_name (target)),
              (const char *const[]){ "pool_size", text, NULL });
      }
}

/* One number a channel in place of all of them. */
static void
replace_flatten (TnAdvisor *advisor, const TnNode *flatten)
{
  TnShape in = tn_facts_shape (advisor->facts, tn_node_input (flatten, 0, 0), NULL);
  g_autofree char *type = tn_class_for_rank ("GlobalAveragePooling", in.rank);

  if (type != NULL)
    tn_advisor_try_replace (advisor, tn_node_id (flatten), type,
                            g_strdup_printf (_ ("Replace %s by %s"), tn_node_name (flatten), type),
                            NULL);
}

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

/* The parameters that made the number, last first: each scaled so that @wanted might come out. */
static void
scale_causes (TnAdvisor *advisor, gint64 wanted, gint64 received)
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
      text = int_text (scaled / received);
      tn_advisor_try_set (advisor, link->node, link->param, text);
    }
}

/* ---- one function a code ---- */

static void
pinned_width (TnAdvisor *advisor)
{
  const TnIssue *issue = advisor->issue;
  int axis = tn_shape_axis (&advisor->arrives, issue->axis);
  const TnNode *source = tn_graph_find (advisor->graph, advisor->source.node);
  gint64 wanted, got;
  g_autoptr (TnDraft) draft = NULL;
  g_autofree char *count = NULL;

  if (axis < 0)
    return;
  wanted = issue->expected.dims[axis].size;
  got = advisor->arrives.dims[axis].size;
  count = int_text (got);

  draft = tn_advisor_draft (advisor);
  tn_draft_pin (draft, issue->node, NULL);
  tn_advisor_try (advisor, g_steal_pointer (&draft),
                  g_strdup_printf (_ ("Rebuild the weights of %s for %s features"),
                                   tn_node_name (advisor->node), count),
                  &issue->node, 1);
  if (advisor->arrives.rank == 4
      || (advisor->arrives.rank > 2 && strcmp (issue->code, "kernel-width") == 0))
    insert_pointwise (advisor, advisor->slot, wanted);
  else
    insert_dense (advisor, wanted);
  if (source != NULL && strcmp (tn_node_type (source), "Flatten") == 0)
    {
      insert_poolings (advisor, tn_node_id (source), 0, 1);
      replace_flatten (advisor, source);
    }
  scale_causes (advisor, wanted, got);
}

static void
dense_rank (TnAdvisor *advisor)
{
  gint64 features = tn_shape_elements (&advisor->arrives, 1);
  g_autofree char *pooling = tn_class_for_rank ("GlobalAveragePooling", advisor->arrives.rank);

  insert_here (advisor, "Flatten", "Flatten", NULL);
  if (pooling != NULL)
    insert_here (advisor, pooling, pooling, NULL);
  if (features > 0)
    insert_reshape (advisor, &features, 1);
  if (tn_graph_dense_inputs (advisor->graph) == TN_DENSE_FLAT)
    {
      g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);

      tn_draft_set_dense_inputs (draft, TN_DENSE_ANY);
      tn_advisor_try (advisor, g_steal_pointer (&draft),
                      g_strdup (_ ("Let every Dense work on the last axis, as Keras does")), NULL,
                      0);
    }
}

static void
unknown_dim (TnAdvisor *advisor)
{
  const GArray *links = advisor->issue->provenance;
  const TnNode *source = tn_graph_find (advisor->graph, advisor->source.node);

  if (source != NULL && strcmp (tn_node_type (source), "Flatten") == 0)
    replace_flatten (advisor, source);
  /* Open sizes of the inputs it comes from, all set at once to a usual size. */
  for (guint i = 0; links != NULL && i < links->len; i++)
    {
      const TnProvenance *link = &g_array_index (links, TnProvenance, i);
      const TnNode *node = tn_graph_find (advisor->graph, link->node);
      TnShape shape;

      if (node == NULL || !tn_node_is_source (node))
        continue;
      shape = tn_facts_shape (advisor->facts, (TnRef){ link->node, 0, 0 }, NULL);
      for (int axis = 1; axis < shape.rank; axis++)
        if (!tn_dim_is_known (shape.dims[axis]))
          shape.dims[axis] = tn_dim (axis == shape.rank - 1 && shape.rank == 4 ? 3 : 32);
      {
        g_autofree char *text = tn_shape_to_text (&shape);

        tn_advisor_try_set (advisor, link->node, "batch_shape", text);
      }
    }
}

static void
reshape_size (TnAdvisor *advisor)
{
  gint64 total = tn_shape_elements (&advisor->arrives, 1), best = 0, last;
  TnShape target;
  TnNodeId node = advisor->issue->node;
  int param = tn_schema_param (tn_node_schema (advisor->node), "target_shape");

  if (total < 1 || param < 0 || !tn_node_dims (advisor->node, (guint)param, &target)
      || target.rank < 1)
    return;
  last = target.dims[target.rank - 1].size;

  /* One size that is off: made right by the others. */
  for (int axis = target.rank - 1; axis >= 0; axis--)
    {
      TnShape changed = target;
      gint64 others;

      changed.dims[axis] = tn_dim (1);
      others = tn_shape_elements (&changed, 0);
      if (others > 0 && total % others == 0)
        {
          g_autofree char *text = NULL;

          changed.dims[axis] = tn_dim (total / others);
          text = tn_shape_to_text (&changed);
          tn_advisor_try_set (advisor, node, "target_shape", text);
        }
    }
  insert_poolings (advisor, node, 0, 1);
  /* The nearest width that divides. */
  for (gint64 width = 1; width * width <= total && last > 0; width++)
    if (total % width == 0)
      {
        if (best == 0 || ABS (width - last) < ABS (best - last))
          best = width;
        if (ABS (total / width - last) < ABS (best - last))
          best = total / width;
      }
  if (best > 1)
    {
      g_autofree char *text = g_strdup_printf ("(-1, %" G_GINT64_FORMAT ")", best);

      tn_advisor_try_set (advisor, node, "target_shape", text);
    }
  tn_advisor_try_set (advisor, node, "target_shape", "(-1,)");
  if (advisor->arrives.rank == 2 && tn_shape_elements (&target, 0) > 0)
    insert_dense (advisor, tn_shape_elements (&target, 0));
}

/* What would make the spatial sizes of two branches equal. */
static void
match_sizes (TnAdvisor *advisor)
{
  tn_advisor_try_set_upstream (advisor, "padding", "same",
                               g_strdup (_ ("Set padding of all layers before it to same")));
  for (guint i = 0; i < tn_graph_size (advisor->graph); i++)
    {
      const TnNode *node = tn_graph_node (advisor->graph, i);

      if (tn_schema_param (tn_node_schema (node), "padding") >= 0
          && tn_graph_depends (advisor->graph, advisor->issue->node, tn_node_id (node)))
        tn_advisor_try_set (advisor, tn_node_id (node), "padding", "same");
    }
  for (guint slot = 0; slot < tn_node_n_inputs (advisor->node, advisor->call); slot++)
    insert_poolings (advisor, advisor->issue->node, slot, 1);
  tn_candidates_fit_branches (advisor);
}

static void
merge_shape (TnAdvisor *advisor)
{
  TnShape a = advisor->issue->expected, b = advisor->arrives;
  const TnNode *node = advisor->node;

  if (a.rank >= 3 && a.rank == b.rank)
    {
      insert_pointwise (advisor, 0, b.dims[b.rank - 1].size);
      insert_pointwise (advisor, advisor->slot, a.dims[a.rank - 1].size);
    }
  if (a.rank == 2 && b.rank == 2)
    {
      insert_dense (advisor, a.dims[1].size);
      scale_causes (advisor, a.dims[1].size, b.dims[1].size);
    }
  tn_candidates_permute (advisor);
  if (a.rank >= 3 && a.rank <= 5)
    match_sizes (advisor);
  tn_advisor_try_replace (
      advisor, advisor->issue->node, "Concatenate",
      g_strdup_printf (_ ("Replace %s by %s"), tn_node_name (node), "Concatenate"), NULL);
  if (b.rank > 2)
    insert_here (advisor, "Flatten", "Flatten", NULL);
}

static void
concat_shape (TnAdvisor *advisor)
{
  int rank = advisor->arrives.rank;

  for (int axis = -1; axis > -rank; axis--)
    {
      g_autofree char *text = int_text (axis);

      tn_advisor_try_set (advisor, advisor->issue->node, "axis", text);
    }
  if (rank >= 3 && rank <= 5)
    match_sizes (advisor);
  if (rank > 2)
    insert_here (advisor, "Flatten", "Flatten", NULL);
}

/* A larger input: the smallest of usual steps that leaves something for every window. */
static void
enlarge_inputs (TnAdvisor *advisor)
{
  for (guint i = 0; i < tn_graph_size (advisor->graph); i++)
    {
      const TnNode *node = tn_graph_node (advisor->graph, i);
      TnShape shape = tn_facts_shape (advisor->facts, (TnRef){ tn_node_id (node), 0, 0 }, NULL);

      if (!tn_node_is_source (node) || shape.rank < 3 || shape.rank > 5
          || !tn_graph_depends (advisor->graph, advisor->issue->node, tn_node_id (node)))
        continue;
      for (int factor = 2; factor <= 16; factor *= 2)
        {
          TnShape larger = shape;
          g_autofree char *text = NULL;

          for (int axis = 1; axis < shape.rank - 1; axis++)
            if (tn_dim_is_known (larger.dims[axis]) && larger.dims[axis].size < G_MAXINT32)
              larger.dims[axis].size *= factor;
          text = tn_shape_to_text (&larger);
          if (tn_advisor_try_set (advisor, tn_node_id (node), "batch_shape", text))
            break;
        }
    }
}

static void
window_size (TnAdvisor *advisor)
{
  const TnIssue *issue = advisor->issue;
  int axis = tn_shape_axis (&advisor->arrives, issue->axis);

  tn_advisor_try_set (advisor, issue->node, "padding", "same");
  tn_advisor_try_set_upstream (
      advisor, "padding", "same",
      g_strdup_printf (_ ("Set padding of %s and all layers before it to same"),
                       tn_node_name (advisor->node)));
  if (axis > 0 && issue->param != NULL && advisor->arrives.dims[axis].size > 0)
    {
      g_autofree char *text = int_text (advisor->arrives.dims[axis].size);

      tn_advisor_try_set (advisor, issue->node, issue->param, text);
    }
  tn_advisor_try_remove (advisor, issue->node);
  enlarge_inputs (advisor);
}

static void
wrong_rank (TnAdvisor *advisor)
{
  TnShape in = advisor->arrives, want = advisor->issue->expected;
  gint64 features = tn_shape_elements (&in, 1),
         side = features > 0 ? (gint64)sqrt ((double)features) : 0;
  const TnNode *source = tn_graph_find (advisor->graph, advisor->source.node);

  /* One channel, where nobody said how many. */
  if (in.rank >= 2 && want.rank == in.rank + 1 && want.rank <= 5 && tn_shape_is_full (&in, 1))
    {
      gint64 sizes[4];

      for (int axis = 1; axis < in.rank; axis++)
        sizes[axis - 1] = in.dims[axis].size;
      sizes[in.rank - 1] = 1;
      insert_reshape (advisor, sizes, in.rank);
    }
  replace_sibling (advisor);
  if (want.rank == 4 && in.rank == 2 && features > 0)
    {
      if (side * side == features)
        insert_reshape (advisor, (gint64[]){ side, side, 1 }, 3);
      side = features % 3 == 0 ? (gint64)sqrt ((double)features / 3) : 0;
      if (side > 0 && side * side * 3 == features)
        insert_reshape (advisor, (gint64[]){ side, side, 3 }, 3);
      if (side == 0)
        insert_reshape (advisor, (gint64[]){ 1, 1, features }, 3);
    }
  /* The batch was forgotten, or the channels: the input's shape says so itself. */
  if (source != NULL && tn_node_is_source (source))
    {
      TnShape longer = { .rank = 0 };
      g_autofree char *text = NULL;

      if (in.rank + 1 == want.rank)
        {
          gboolean no_batch = tn_dim_is_known (in.dims[0]);

          if (no_batch)
            longer = tn_shape_append (longer, tn_dim (TN_DIM_UNKNOWN));
          for (int axis = 0; axis < in.rank; axis++)
            longer = tn_shape_append (longer, in.dims[axis]);
          if (!no_batch)
            longer = tn_shape_append (longer, tn_dim (1));
          text = tn_shape_to_text (&longer);
          tn_advisor_try_set (advisor, advisor->source.node, "batch_shape", text);
        }
    }
  if (want.rank == 2 && in.rank == 1)
    insert_here (advisor, "Flatten", "Flatten", NULL);
}

static void
target_shape (TnAdvisor *advisor)
{
  const TnIssue *issue = advisor->issue;
  TnShape labels = issue->received, fitting = issue->expected;
  int axis = tn_shape_axis (&labels, issue->axis);
  g_autofree char *text = NULL;

  if (labels.rank == fitting.rank && axis > 0)
    scale_causes (advisor, labels.dims[axis].size, fitting.dims[axis].size);
  if (labels.rank > 0)
    fitting.dims[0] = labels.dims[0];
  text = tn_shape_to_text (&fitting);
  tn_advisor_try_set (advisor, issue->node, "shape", text);
  tn_advisor_try_set (advisor, issue->node, "loss", "'sparse_categorical_crossentropy'");
  tn_advisor_try_set (advisor, issue->node, "loss", "'categorical_crossentropy'");
  if (labels.rank == 2 && labels.dims[1].size > 0)
    insert_dense (advisor, labels.dims[1].size);
  insert_here (advisor, "Flatten", "Flatten", NULL);
}

/* Is this tensor used by nothing yet? */
static gboolean
is_loose (const TnGraph *graph, guint index)
{
  guint n_uses;

  tn_graph_uses (graph, index, &n_uses);
  return n_uses == 0;
}

/* Wires @node to the input that is missing, through a new layer of class @type where it is not
 * NULL. */
static gboolean
wire_loose (TnAdvisor *advisor, const TnNode *node, const char *type)
{
  TnNodeId to = advisor->issue->node, between = to;
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  const char *from_name = tn_node_name (node), *to_name = tn_node_name (advisor->node);

  if (!tn_draft_connect (draft, (TnRef){ tn_node_id (node), 0, 0 }, to, advisor->call,
                         advisor->slot, NULL))
    return FALSE;
  if (type != NULL)
    between = tn_draft_insert (draft, &tn_layer_find (type)->schema, to, advisor->call,
                               advisor->slot, NULL);
  if (between == TN_NODE_NONE)
    return FALSE;
  return tn_advisor_try (
      advisor, g_steal_pointer (&draft),
      type != NULL ? g_strdup_printf (_ ("Wire %s to %s through a %s"), from_name, to_name, type)
                   : g_strdup_printf (_ ("Wire %s to %s"), from_name, to_name),
      &between, 1);
}

static void
missing_input (TnAdvisor *advisor)
{
  TnNodeId to = advisor->issue->node;

  if (advisor->issue->severity == TN_SEVERITY_WARNING)
    {
      tn_advisor_try_remove (advisor, to);
      return;
    }
  /* Loose ends first, the nearest above it before others. */
  for (guint i = tn_graph_size (advisor->graph); i-- > 0;)
    {
      const TnNode *node = tn_graph_node (advisor->graph, i);

      if (is_loose (advisor->graph, i) && tn_node_id (node) != to && tn_node_n_outputs (node) > 0
          && !wire_loose (advisor, node, NULL))
        wire_loose (advisor, node, "Flatten");
    }
  if (tn_node_schema (advisor->node)->keras)
    {
      const TnLayer *input = tn_layer_find ("InputLayer");
      g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
      TnNodeId id = tn_draft_add (draft, &input->schema, NULL, TRUE, NULL);

      if (strcmp (tn_node_type (advisor->node), "Dense") == 0)
        tn_draft_set_text (draft, id, "batch_shape", "(None, 784)", NULL);
      if (tn_node_is_placed (advisor->node))
        tn_draft_move (draft, id, tn_node_x (advisor->node), tn_node_y (advisor->node) - 108);
      if (tn_draft_connect (draft, (TnRef){ id, 0, 0 }, to, advisor->call, advisor->slot, NULL))
        tn_advisor_try (
            advisor, g_steal_pointer (&draft),
            g_strdup_printf (_ ("Put an Input before %s"), tn_node_name (advisor->node)), &id, 1);
    }
  tn_advisor_try_remove (advisor, to);
}

static void
bad_param (TnAdvisor *advisor)
{
  const TnSchema *schema = tn_node_schema (advisor->node);
  int index = advisor->issue->param != NULL ? tn_schema_param (schema, advisor->issue->param) : -1;
  g_autoptr (TnValue) fallback = NULL;

  if (index < 0)
    return;
  fallback = tn_param_default (&schema->params[index]);
  if (fallback != NULL)
    {
      g_autofree char *text = tn_value_to_text (fallback);

      tn_advisor_try_set (advisor, advisor->issue->node, advisor->issue->param, text);
    }
  if (schema->params[index].suggestion != NULL)
    tn_advisor_try_set (advisor, advisor->issue->node, advisor->issue->param,
                        schema->params[index].suggestion);
}

static gint64
common_divisor (gint64 a, gint64 b)
{
  while (b != 0)
    {
      gint64 rest = a % b;

      a = b;
      b = rest;
    }
  return a;
}

/* Of GroupNormalization: as many as divide the channels, or each channel by itself. */
static void
normalization_groups (TnAdvisor *advisor)
{
  const TnSchema *schema = tn_node_schema (advisor->node);
  int groups = tn_schema_param (schema, "groups"), where = tn_schema_param (schema, "axis");
  int axis = where >= 0
                 ? tn_shape_axis (&advisor->arrives, tn_node_int (advisor->node, (guint)where))
                 : -1;
  g_autofree char *text = NULL;

  if (axis < 0 || advisor->arrives.dims[axis].size < 1)
    return;
  text = int_text (common_divisor (advisor->arrives.dims[axis].size,
                                   tn_node_int (advisor->node, (guint)groups)));
  tn_advisor_try_set (advisor, advisor->issue->node, "groups", text);
  tn_advisor_try_set (advisor, advisor->issue->node, "groups", "-1");
}

static void
bad_groups (TnAdvisor *advisor)
{
  int groups = tn_schema_param (tn_node_schema (advisor->node), "groups");
  int filters = tn_schema_param (tn_node_schema (advisor->node), "filters");
  int axis = tn_shape_axis (&advisor->arrives, advisor->issue->axis);
  gint64 channels, divisor;
  g_autofree char *text = NULL;

  if (groups >= 0 && filters < 0)
    {
      normalization_groups (advisor);
      return;
    }
  if (groups < 0)
    return;
  divisor = common_divisor (tn_node_int (advisor->node, (guint)filters),
                            tn_node_int (advisor->node, (guint)groups));
  /* Told at the filters, the fault names no axis. */
  if (axis <= 0)
    axis = advisor->arrives.rank - 1;
  if (axis > 0)
    {
      channels = advisor->arrives.dims[axis].size;
      if (channels > 0)
        divisor = common_divisor (channels, divisor);
    }
  text = int_text (divisor);
  tn_advisor_try_set (advisor, advisor->issue->node, "groups", text);
  tn_advisor_try_set (advisor, advisor->issue->node, "groups", "1");
}

static void
bad_axis (TnAdvisor *advisor)
{
  tn_advisor_try_set (advisor, advisor->issue->node, "axis", "-1");
  if (g_strcmp0 (advisor->issue->param, "activation") == 0)
    tn_advisor_try_set (advisor, advisor->issue->node, "activation", "'sigmoid'");
}

/* A cropping that takes off all that there is: less of it, none of it, or more to take it from. */
static void
crop_size (TnAdvisor *advisor)
{
  if (advisor->issue->param != NULL)
    {
      tn_advisor_try_set (advisor, advisor->issue->node, advisor->issue->param, "1");
      tn_advisor_try_set (advisor, advisor->issue->node, advisor->issue->param, "0");
    }
  tn_advisor_try_remove (advisor, advisor->issue->node);
  enlarge_inputs (advisor);
}

/* Every size of an EinsumDense but the last taken from what arrives. */
static void
einsum_shape (TnAdvisor *advisor)
{
  int param = tn_schema_param (tn_node_schema (advisor->node), "output_shape");
  g_autofree char *text = NULL;
  TnShape wanted;

  if (param < 0 || !tn_node_dims (advisor->node, (guint)param, &wanted))
    return;
  for (int axis = 0; axis < wanted.rank - 1; axis++)
    wanted.dims[axis] = tn_dim (TN_DIM_UNKNOWN);
  text = tn_shape_to_text (&wanted);
  tn_advisor_try_set (advisor, advisor->issue->node, "output_shape", text);
}

static const struct
{
  const char *code;
  void (*propose) (TnAdvisor *advisor);
} proposals[] = {
  { "param", bad_param },
  { "missing-input", missing_input },
  { "rank", wrong_rank },
  { "dense-rank", dense_rank },
  { "dense-width", pinned_width },
  { "kernel-width", pinned_width },
  { "unknown-dim", unknown_dim },
  { "reshape-size", reshape_size },
  { "merge-shape", merge_shape },
  { "concat-shape", concat_shape },
  { "window-size", window_size },
  { "crop-size", crop_size },
  { "einsum-shape", einsum_shape },
  { "groups", bad_groups },
  { "axis", bad_axis },
  { "target-shape", target_shape },
};

void
tn_candidates (TnAdvisor *advisor)
{
  for (guint i = 0; i < G_N_ELEMENTS (proposals); i++)
    if (strcmp (proposals[i].code, advisor->issue->code) == 0)
      proposals[i].propose (advisor);
}
