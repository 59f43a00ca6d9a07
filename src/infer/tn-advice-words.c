/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a repair comes to, in words: shapes, parameters, and values that it drops or makes up. */
#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "infer/tn-advice-private.h"

static void
start_part (GString *out)
{
  if (out->len > 0)
    g_string_append (out, "; ");
}

/* "dense_2 then gets (None, 1600)" */
static void
describe_shape (GString *out, const TnAdvisor *advisor, const TnFacts *after)
{
  int index = tn_graph_index (tn_facts_graph (after), advisor->issue->node);
  const char *name = tn_node_name (advisor->node);
  TnShape gets = index >= 0 ? tn_facts_input (after, (guint)index, advisor->call, advisor->slot)
                            : tn_shape_none ();

  if (tn_shape_is_some (&gets) && !tn_shape_identical (&gets, &advisor->arrives))
    {
      g_autofree char *shape = tn_shape_to_text (&gets);

      g_string_append_printf (out, _ ("%s then gets %s"), name, shape);
    }
  else if (index >= 0)
    {
      TnShape gives = tn_facts_shape (after, (TnRef){ advisor->issue->node, 0, 0 }, NULL);
      g_autofree char *shape = tn_shape_to_text (&gives);

      if (tn_shape_is_some (&gives))
        g_string_append_printf (out, _ ("%s then puts out %s"), name, shape);
    }
}

char *
tn_fix_cost (gint64 params_delta)
{
  g_autofree char *count = tn_text_count (ABS (params_delta));

  if (params_delta == 0)
    return g_strdup (_ ("as many parameters as before"));
  return params_delta > 0 ? g_strdup_printf (
             ngettext ("%s parameter more", "%s parameters more", (gulong)params_delta), count)
                          : g_strdup_printf (ngettext ("%s parameter fewer", "%s parameters fewer",
                                                       (gulong)-params_delta),
                                             count);
}

/* ---- values that get lost or are made up ---- */

/* What runs along spatial axis @i of @n. */
static const char *
drops_format (int n, int i, gint64 count)
{
  if (n == 1)
    return ngettext ("drops %s of %s step", "drops %s of %s steps", (gulong)count);
  if (i == n - 1)
    return ngettext ("drops %s of %s column", "drops %s of %s columns", (gulong)count);
  if (i == n - 2)
    return ngettext ("drops %s of %s row", "drops %s of %s rows", (gulong)count);
  return ngettext ("drops %s of %s slice", "drops %s of %s slices", (gulong)count);
}

static const char *
fills_format (int n, int i, gint64 count)
{
  if (n == 1)
    return ngettext ("adds %s step of zeros", "adds %s steps of zeros", (gulong)count);
  if (i == n - 1)
    return ngettext ("adds %s column of zeros", "adds %s columns of zeros", (gulong)count);
  if (i == n - 2)
    return ngettext ("adds %s row of zeros", "adds %s rows of zeros", (gulong)count);
  return ngettext ("adds %s slice of zeros", "adds %s slices of zeros", (gulong)count);
}

static gboolean
read_ints (const TnNode *node, const char *name, gint64 *out)
{
  int param = tn_schema_param (tn_node_schema (node), name);

  return param >= 0 && tn_node_schema (node)->params[param].kind == TN_PARAM_INTS
         && tn_node_ints (node, (guint)param, out);
}

/* What valid windows leave out at the end of an axis of @size. */
static gint64
left_out (gint64 size, gint64 out, gint64 window, gint64 stride)
{
  gint64 seen;

  if (out < 1 || __builtin_mul_overflow (out - 1, stride, &seen)
      || __builtin_add_overflow (seen, window, &seen))
    return 0;
  return MAX (size - seen, 0);
}

static void
describe_axis (GString *out, const TnNode *node, int n, int i, gint64 in, gint64 gives)
{
  const char *type = tn_node_type (node);
  int padding = tn_schema_param (tn_node_schema (node), "padding");
  gint64 window[3] = { 1, 1, 1 }, strides[3], change = gives - in;
  g_autofree char *many = NULL, *all = tn_text_count (in);

  if (strstr (type, "Pooling") != NULL)
    {
      if (!read_ints (node, "pool_size", window))
        return;
      if (!read_ints (node, "strides", strides))
        memcpy (strides, window, sizeof strides);
      if (padding >= 0 && strcmp (tn_node_string (node, (guint)padding), "valid") != 0)
        return;
      change = -left_out (in, gives, window[i], strides[i]);
    }
  if (change == 0)
    return;
  many = tn_text_count (ABS (change));
  start_part (out);
  if (change < 0)
    g_string_append_printf (out, drops_format (n, i, in), many, all);
  else
    g_string_append_printf (out, fills_format (n, i, change), many);
}

/* Of a layer that was put in or changed: what it cuts off, leaves out or fills up. */
static void
describe_values (GString *out, const TnAdvisor *advisor, const TnFacts *after, TnNodeId id)
{
  const TnGraph *graph = tn_facts_graph (after);
  int index = tn_graph_index (graph, id);
  const TnNode *node = index >= 0 ? tn_graph_node (graph, (guint)index) : NULL;
  TnImage image;
  TnShape in, gives;

  if (node == NULL || tn_node_n_inputs (node, 0) != 1)
    return;
  in = tn_facts_input (after, (guint)index, 0, 0);
  gives = tn_facts_shape (after, (TnRef){ id, 0, 0 }, NULL);
  image = tn_advisor_image (advisor, advisor->issue->node, in.rank);
  if (g_str_has_prefix (tn_node_type (node), "Global"))
    {
      gint64 numbers = image.n > 0 ? 1 : 0;

      for (int i = 0; i < image.n && numbers > 0; i++)
        if (!tn_dim_is_known (in.dims[image.spatial + i])
            || __builtin_mul_overflow (numbers, in.dims[image.spatial + i].size, &numbers))
          numbers = 0;
      if (numbers > 1)
        {
          g_autofree char *count = tn_text_count (numbers);

          start_part (out);
          g_string_append_printf (out, _ ("makes one of %s values in each channel"), count);
        }
      return;
    }
  if (strstr (tn_node_type (node), "Pooling") == NULL
      && !g_str_has_prefix (tn_node_type (node), "Cropping")
      && !g_str_has_prefix (tn_node_type (node), "ZeroPadding"))
    return;
  for (int i = 0; i < image.n && gives.rank == in.rank; i++)
    if (tn_dim_is_known (in.dims[image.spatial + i])
        && tn_dim_is_known (gives.dims[image.spatial + i]))
      describe_axis (out, node, image.n, i, in.dims[image.spatial + i].size,
                     gives.dims[image.spatial + i].size);
}

char *
tn_advisor_describe (const TnAdvisor *advisor, const TnFacts *after, const TnFix *fix)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *cost = tn_fix_cost (fix->params_delta);

  describe_shape (out, advisor, after);
  start_part (out);
  g_string_append (out, cost);
  if (fix->touched->len == 1)
    describe_values (out, advisor, after, g_array_index (fix->touched, TnNodeId, 0));
  return g_string_free (g_steal_pointer (&out), FALSE);
}
