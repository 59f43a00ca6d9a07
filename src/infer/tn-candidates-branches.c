/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates for merges whose branches differ: one of them made like the other. */
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"

/* Of layers upstream that are tried one by one. */
#define MOST_SINGLE 24

static void
insert_sized (TnAdvisor *advisor, guint slot, const char *stem, const char *param, const char *text)
{
  g_autofree char *what = g_strdup_printf ("(%s)", text);

  tn_advisor_try_insert_sized (advisor, stem, advisor->issue->node, advisor->call, slot, TRUE, what,
                               (const char *const[]){ param, text, NULL });
}

/* The difference along each spatial axis, halved before and behind: "((1, 2), (0, 0))". */
static char *
border_text (const TnShape *large, const TnShape *small, TnImage image)
{
  g_autoptr (GString) out = g_string_new (image.n > 1 ? "(" : "");

  for (int i = 0; i < image.n; i++)
    {
      gint64 much = large->dims[image.spatial + i].size - small->dims[image.spatial + i].size;

      g_string_append_printf (out, "%s(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")",
                              i > 0 ? ", " : "", much / 2, much - much / 2);
    }
  if (image.n > 1)
    g_string_append_c (out, ')');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* How many times @small goes into @large along every spatial axis alike; 0: it does not. */
static gint64
whole_factor (const TnShape *large, const TnShape *small, TnImage image)
{
  gint64 factor = 0;

  for (int i = 0; i < image.n; i++)
    {
      gint64 a = large->dims[image.spatial + i].size, b = small->dims[image.spatial + i].size;

      if (b < 1 || a % b != 0 || (i > 0 && a / b != factor))
        return 0;
      factor = a / b;
    }
  return factor;
}

void
tn_candidates_fit (TnAdvisor *advisor, guint slot, const TnShape *has, const TnShape *wants)
{
  TnImage image = tn_advisor_image (advisor, advisor->issue->node, has->rank);
  gboolean larger = TRUE, smaller = TRUE;
  gint64 factor;

  if (has->rank != wants->rank || has->rank < 3 || has->rank > 5)
    return;
  for (int i = 0; i < image.n; i++)
    {
      gint64 have = has->dims[image.spatial + i].size, want = wants->dims[image.spatial + i].size;

      if (have < 1 || want < 1)
        return;
      larger = larger && have >= want;
      smaller = smaller && have <= want;
    }
  factor = larger ? whole_factor (has, wants, image) : whole_factor (wants, has, image);
  if (larger && smaller)
    return;
  if (factor > 1)
    {
      g_autofree char *text = tn_int_text (factor);

      if (smaller)
        insert_sized (advisor, slot, "UpSampling", "size", text);
      else
        {
          insert_sized (advisor, slot, "MaxPooling", "pool_size", text);
          if (wants->dims[image.channel].size > 0)
            tn_advisor_insert_pointwise (advisor, slot, wants->dims[image.channel].size, factor);
        }
    }
  if (larger)
    {
      g_autofree char *text = border_text (has, wants, image);

      insert_sized (advisor, slot, "Cropping", "cropping", text);
    }
  else if (smaller)
    {
      g_autofree char *text = border_text (wants, has, image);

      insert_sized (advisor, slot, "ZeroPadding", "padding", text);
    }
}

static TnShape
arriving (const TnAdvisor *advisor, guint slot)
{
  return tn_facts_shape (advisor->facts, tn_node_input (advisor->node, advisor->call, slot), NULL);
}

static void
fit_branches (TnAdvisor *advisor)
{
  TnShape first = arriving (advisor, 0);

  if (advisor->slot == 0)
    return;
  tn_candidates_fit (advisor, advisor->slot, &advisor->arrives, &first);
  tn_candidates_fit (advisor, 0, &first, &advisor->arrives);
}

/* The offending branch with its axes in the order of the first one's. */
static void
permute (TnAdvisor *advisor)
{
  static const struct
  {
    int rank, order[3];
    const char *text;
  } orders[] = {
    { 3, { 2, 1, 0 }, "(2, 1)" },
    { 4, { 2, 3, 1 }, "(2, 3, 1)" },
    { 4, { 3, 1, 2 }, "(3, 1, 2)" },
  };
  TnShape first = arriving (advisor, 0);

  for (guint i = 0; advisor->slot > 0 && i < G_N_ELEMENTS (orders); i++)
    {
      TnShape turned = advisor->arrives;
      g_autofree char *what = g_strdup_printf ("Permute(%s)", orders[i].text);

      if (turned.rank != orders[i].rank)
        continue;
      for (int axis = 1; axis < turned.rank; axis++)
        turned.dims[axis] = advisor->arrives.dims[orders[i].order[axis - 1]];
      if (tn_shape_compatible (&turned, &first))
        tn_advisor_insert_here (advisor, "Permute", what,
                                (const char *const[]){ "dims", orders[i].text, NULL });
    }
}

/* What made one branch smaller than the other: windows padded, poolings out of the way, strides
 * back to 1. */
static void
undo_differences (TnAdvisor *advisor)
{
  g_autoptr (GArray) upstream = tn_advisor_upstream_with (advisor, "padding");
  guint tried = 0;

  for (guint i = 0; i < upstream->len && tried < MOST_SINGLE; i++, tried++)
    tn_advisor_try_set (advisor, g_array_index (upstream, TnNodeId, i), "padding", "same");
  tn_advisor_try_set_all (advisor, upstream, "padding", "same",
                          g_strdup (_ ("Set padding of all layers before it to same")));
  tried = 0;
  for (guint i = 0; i < upstream->len && tried < MOST_SINGLE; i++, tried++)
    {
      TnNodeId id = g_array_index (upstream, TnNodeId, i);
      const char *type = tn_node_type (tn_graph_find (advisor->graph, id));

      if (g_str_has_prefix (type, "MaxPooling") || g_str_has_prefix (type, "AveragePooling"))
        tn_advisor_try_remove (advisor, id);
      else if (strstr (type, "Transpose") == NULL)
        tn_advisor_try_set (advisor, id, "strides", "1");
    }
}

/* Branches of different rank: the longer one flattened or pooled, the shorter one repeated. */
static void
match_ranks (TnAdvisor *advisor)
{
  TnShape first = arriving (advisor, 0);
  guint longer = first.rank > advisor->arrives.rank ? 0 : advisor->slot;
  guint shorter = longer == 0 ? advisor->slot : 0;
  TnShape large = arriving (advisor, longer), small = arriving (advisor, shorter);
  const TnNode *node = advisor->node;

  if (large.rank == small.rank || large.rank < 3)
    return;
  tn_advisor_return_sequences (advisor, small.rank < 3 ? FALSE : TRUE);
  if (small.rank == 2)
    {
      tn_advisor_try_insert (
          advisor, "Flatten", advisor->issue->node, advisor->call, longer,
          g_strdup_printf (_ ("Insert %s after %s"), "Flatten",
                           tn_node_name (tn_graph_find (
                               advisor->graph, tn_node_input (node, advisor->call, longer).node))),
          NULL);
      tn_advisor_try_insert_sized (advisor, "GlobalAveragePooling", advisor->issue->node,
                                   advisor->call, longer, TRUE, "", NULL);
      if (large.rank == 3 && large.dims[1].size > 0)
        {
          g_autofree char *text = tn_int_text (large.dims[1].size);

          tn_advisor_try_insert (
              advisor, "RepeatVector", advisor->issue->node, advisor->call, shorter,
              g_strdup_printf (
                  _ ("Insert RepeatVector(%s) after %s"), text,
                  tn_node_name (tn_graph_find (advisor->graph,
                                               tn_node_input (node, advisor->call, shorter).node))),
              (const char *const[]){ "n", text, NULL });
        }
    }
}

/* As many numbers, differently arranged. */
static void
reshape_like (TnAdvisor *advisor)
{
  TnShape first = arriving (advisor, 0);
  gint64 sizes[TN_MAX_RANK];

  if (advisor->slot == 0 || first.rank < 2
      || tn_shape_elements (&first, 1) != tn_shape_elements (&advisor->arrives, 1)
      || tn_shape_elements (&first, 1) < 1)
    return;
  for (int axis = 1; axis < first.rank; axis++)
    sizes[axis - 1] = first.dims[axis].size;
  tn_advisor_insert_reshape (advisor, sizes, first.rank - 1);
}

/* An input that fixes the number of samples, where others do not. */
static void
free_batch (TnAdvisor *advisor)
{
  g_autoptr (GArray) inputs = tn_advisor_upstream_with (advisor, "batch_shape");

  for (guint i = 0; i < inputs->len; i++)
    {
      TnNodeId input = g_array_index (inputs, TnNodeId, i);
      TnShape shape = tn_facts_shape (advisor->facts, (TnRef){ input, 0, 0 }, NULL);
      g_autofree char *text = NULL;

      if (shape.rank < 1 || !tn_dim_is_known (shape.dims[0]))
        continue;
      shape.dims[0] = tn_dim (TN_DIM_UNKNOWN);
      text = tn_shape_to_text (&shape);
      tn_advisor_try_set (advisor, input, "batch_shape", text);
    }
}

/* Parameters of one branch so that the axis that differs becomes what it is in the other. */
static void
scale_either (TnAdvisor *advisor, const TnShape *a, const TnShape *b)
{
  int at = tn_shape_axis (a, advisor->issue->axis), other = tn_shape_axis (b, advisor->issue->axis);

  if (advisor->issue->axis == TN_AXIS_NONE || at < 0 || other < 0)
    return;
  tn_advisor_scale_causes (advisor, a->dims[at].size, b->dims[other].size);
  tn_advisor_scale_causes (advisor, b->dims[other].size, a->dims[at].size);
}

void
tn_candidates_merge (TnAdvisor *advisor)
{
  TnShape a = advisor->issue->expected, b = advisor->arrives;
  TnImage image = tn_advisor_image (advisor, advisor->issue->node, b.rank);
  const TnNode *node = advisor->node;

  if (b.rank >= 3 && a.dims[a.rank - 1].size > 0)
    tn_advisor_insert_pointwise (
        advisor, advisor->slot,
        a.rank == b.rank ? a.dims[image.channel].size : a.dims[a.rank - 1].size, 1);
  if (a.rank >= 3 && b.dims[b.rank - 1].size > 0)
    tn_advisor_insert_pointwise (
        advisor, 0, a.rank == b.rank ? b.dims[image.channel].size : b.dims[b.rank - 1].size, 1);
  if (b.rank == 2)
    tn_advisor_insert_dense (advisor, a.dims[a.rank - 1].size);
  scale_either (advisor, &a, &b);
  permute (advisor);
  match_ranks (advisor);
  if (a.rank >= 3 && a.rank <= 5)
    {
      fit_branches (advisor);
      undo_differences (advisor);
    }
  free_batch (advisor);
  reshape_like (advisor);
  if (strcmp (tn_node_type (node), "Dot") != 0)
    tn_advisor_try_replace (
        advisor, advisor->issue->node, "Concatenate",
        g_strdup_printf (_ ("Replace %s by %s"), tn_node_name (node), "Concatenate"), NULL);
  if (b.rank > 2)
    tn_advisor_insert_here (advisor, "Flatten", "Flatten", NULL);
  if (a.rank >= 3 && a.rank <= 5)
    tn_candidates_input_multiples (advisor);
}

void
tn_candidates_concat (TnAdvisor *advisor)
{
  int rank = advisor->arrives.rank;
  TnNodeId node = advisor->issue->node;

  for (int axis = -1; axis > -rank; axis--)
    {
      g_autofree char *text = tn_int_text (axis);

      tn_advisor_try_set (advisor, node, "axis", text);
      tn_advisor_try_set_alike (advisor, node, "axis", text);
    }
  match_ranks (advisor);
  if (rank >= 3 && rank <= 5)
    {
      fit_branches (advisor);
      tn_candidates_input_multiples (advisor);
      undo_differences (advisor);
    }
  permute (advisor);
  free_batch (advisor);
  reshape_like (advisor);
  if (rank > 2)
    tn_advisor_insert_here (advisor, "Flatten", "Flatten", NULL);
}
