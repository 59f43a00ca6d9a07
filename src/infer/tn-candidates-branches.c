/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates for merges whose branches differ: cropping, padding, upsampling or turning one. */
#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"

/* A layer on the wire into @slot, with one setting. */
static void
insert_sized (TnAdvisor *advisor, guint slot, const char *stem, int rank, const char *param,
              const char *text)
{
  g_autofree char *type = tn_class_for_rank (stem, rank);
  const TnNode *source
      = tn_graph_find (advisor->graph, tn_node_input (advisor->node, advisor->call, slot).node);

  if (type != NULL && source != NULL)
    tn_advisor_try_insert (
        advisor, type, advisor->issue->node, advisor->call, slot,
        g_strdup_printf (_ ("Insert %s(%s) after %s"), type, text, tn_node_name (source)),
        (const char *const[]){ param, text, NULL });
}

/* The difference along each spatial axis, halved before and behind: "((1, 2), (0, 0))". */
static char *
border_text (const TnShape *large, const TnShape *small)
{
  g_autoptr (GString) out = g_string_new (large->rank > 3 ? "(" : "");

  for (int axis = 1; axis < large->rank - 1; axis++)
    {
      gint64 much = large->dims[axis].size - small->dims[axis].size;

      g_string_append_printf (out, "%s(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")",
                              axis > 1 ? ", " : "", much / 2, much - much / 2);
    }
  if (large->rank > 3)
    g_string_append_c (out, ')');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Branch @slot, which brings @has, made as large as @wants along its spatial axes: repeated where
 * that comes out even, else cut off or filled up with zeros. */
static void
fit_branch (TnAdvisor *advisor, guint slot, const TnShape *has, const TnShape *wants)
{
  gboolean larger = TRUE, smaller = TRUE;
  gint64 factor = 0;
  g_autofree char *text = NULL;

  if (has->rank != wants->rank || has->rank < 3 || has->rank > 5)
    return;
  for (int axis = 1; axis < has->rank - 1; axis++)
    {
      gint64 have = has->dims[axis].size, want = wants->dims[axis].size;

      if (have < 1 || want < 1)
        return;
      larger = larger && have >= want;
      smaller = smaller && have <= want;
      if (want % have != 0 || (axis > 1 && want / have != factor))
        factor = -1;
      else
        factor = want / have;
    }
  if (factor > 1)
    {
      text = g_strdup_printf ("%" G_GINT64_FORMAT, factor);
      insert_sized (advisor, slot, "UpSampling", has->rank, "size", text);
    }
  else if (larger)
    {
      text = border_text (has, wants);
      insert_sized (advisor, slot, "Cropping", has->rank, "cropping", text);
    }
  else if (smaller)
    {
      text = border_text (wants, has);
      insert_sized (advisor, slot, "ZeroPadding", has->rank, "padding", text);
    }
}

void
tn_candidates_fit_branches (TnAdvisor *advisor)
{
  TnShape first
      = tn_facts_shape (advisor->facts, tn_node_input (advisor->node, advisor->call, 0), NULL);

  if (advisor->slot == 0)
    return;
  fit_branch (advisor, advisor->slot, &advisor->arrives, &first);
  fit_branch (advisor, 0, &first, &advisor->arrives);
}

void
tn_candidates_permute (TnAdvisor *advisor)
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
  TnShape first
      = tn_facts_shape (advisor->facts, tn_node_input (advisor->node, advisor->call, 0), NULL);

  for (guint i = 0; advisor->slot > 0 && i < G_N_ELEMENTS (orders); i++)
    {
      TnShape turned = advisor->arrives;
      g_autofree char *what = g_strdup_printf ("Permute(%s)", orders[i].text);
      if (turned.rank != orders[i].rank)
        continue;
      for (int axis = 1; axis < turned.rank; axis++)
        turned.dims[axis] = advisor->arrives.dims[orders[i].order[axis - 1]];
      if (tn_shape_compatible (&turned, &first))
        tn_advisor_try_insert (
            advisor, "Permute", advisor->issue->node, advisor->call, advisor->slot,
            g_strdup_printf (_ ("Insert %s before %s"), what, tn_node_name (advisor->node)),
            (const char *const[]){ "dims", orders[i].text, NULL });
    }
}
