/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How query, value and key of an attention layer must agree, and what is said when they do not. */
#include "layers/tn-attention.h"

const char *const tn_attention_inputs[] = { "query", "value", "key", NULL };

const char *
tn_attention_output_name (const TnNode *node, guint output)
{
  return output == 0 ? "output" : "scores";
}

gboolean
tn_attention_expect_inputs (TnRule *rule, int rank)
{
  const char *name = tn_node_name (tn_rule_node (rule));
  gboolean good = TRUE;

  if (!tn_rule_has_input (rule, TN_ATTENTION_QUERY)
      || !tn_rule_has_input (rule, TN_ATTENTION_VALUE))
    {
      tn_rule_issue (rule, TN_SEVERITY_ERROR, "missing-input", -1,
                     _ ("%s needs a query and a value; for self-attention wire the same tensor to "
                        "both."),
                     name);
      return FALSE;
    }
  for (guint slot = 0; slot < tn_rule_n_inputs (rule); slot++)
    {
      TnShape input;
      g_autofree char *got = NULL;

      if (!tn_rule_has_input (rule, slot))
        continue;
      input = tn_rule_input (rule, slot);
      if (input.rank >= rank)
        continue;
      got = tn_shape_to_text (&input);
      good = FALSE;
      tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", (int)slot,
                     /* Translators: layer, number, "query" or "value" or "key", shape, layer */
                     ngettext ("%s needs at least %d axis (batch, steps, features) of the %s, but "
                               "%s arrives from %s.",
                               "%s needs at least %d axes (batch, steps, features) of the %s, but "
                               "%s arrives from %s.",
                               (gulong)rank),
                     name, rank, tn_attention_name (rule, slot), got, tn_rule_source (rule, slot));
    }
  return good;
}

void
tn_attention_refuse (TnRule *rule, guint slot, int axis, guint other_slot, int other_axis,
                     const char *why, gboolean builds)
{
  TnShape input = tn_rule_input (rule, slot), other = tn_rule_input (rule, other_slot);
  g_autofree char *got = tn_shape_to_text (&input);
  g_autofree char *against = tn_shape_to_text (&other);
  g_autofree char *here = tn_dim_is_known (input.dims[axis])
                              ? g_strdup_printf ("%" PRIi64, input.dims[axis].size)
                              : g_strdup ("None");
  g_autofree char *there = tn_dim_is_known (other.dims[other_axis])
                               ? g_strdup_printf ("%" PRIi64, other.dims[other_axis].size)
                               : g_strdup ("None");
  g_autofree char *message = g_strdup_printf (
      /* Translators: a half sentence, "query", shape, layer, size, "value", shape, layer, size */
      _ ("%s; but the %s %s from %s has %s, the %s %s from %s has %s (axis %d)."), why,
      tn_attention_name (rule, other_slot), against, tn_rule_source (rule, other_slot), there,
      tn_attention_name (rule, slot), got, tn_rule_source (rule, slot), here, axis);
  TnIssue *issue = builds ? tn_rule_cannot_run (rule, "attention-shape", (int)slot, "%s", message)
                          : tn_rule_issue (rule, TN_SEVERITY_ERROR, "attention-shape", (int)slot,
                                           "%s", message);

  if (issue == NULL)
    return;
  issue->axis = axis - input.rank;
  issue->expected = input;
  issue->expected.dims[axis] = other.dims[other_axis];
  for (int i = 0; i < issue->expected.rank; i++)
    issue->expected.dims[i].trace = 0;
}

gboolean
tn_attention_known_features (TnRule *rule, guint slot)
{
  TnShape input = tn_rule_input (rule, slot);
  g_autofree char *got = NULL;
  TnIssue *issue;

  if (tn_dim_is_known (input.dims[input.rank - 1]))
    return TRUE;
  got = tn_shape_to_text (&input);
  issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "unknown-dim", (int)slot,
                         _ ("%s has a kernel for each feature of the %s, so it must know how many "
                            "there are, but the last axis of %s from %s is open."),
                         tn_node_name (tn_rule_node (rule)), tn_attention_name (rule, slot), got,
                         tn_rule_source (rule, slot));
  if (issue != NULL)
    issue->axis = -1;
  return FALSE;
}

gboolean
tn_attention_same_steps (TnRule *rule)
{
  TnShape value = tn_rule_input (rule, TN_ATTENTION_VALUE), key;
  g_autofree char *why = NULL;
  gboolean good = TRUE;

  if (!tn_rule_has_input (rule, TN_ATTENTION_KEY))
    return TRUE;
  key = tn_rule_input (rule, TN_ATTENTION_KEY);
  if (key.rank != value.rank)
    {
      g_autofree char *a = tn_shape_to_text (&value);
      g_autofree char *b = tn_shape_to_text (&key);

      tn_rule_issue (rule, TN_SEVERITY_ERROR, "attention-shape", TN_ATTENTION_KEY,
                     _ ("%s needs a key for each value, so both need as many axes, but the value "
                        "%s comes from %s and the key %s from %s."),
                     tn_node_name (tn_rule_node (rule)), a,
                     tn_rule_source (rule, TN_ATTENTION_VALUE), b,
                     tn_rule_source (rule, TN_ATTENTION_KEY));
      return FALSE;
    }
  why = g_strdup_printf (_ ("%s needs a key for each value, so both need as many steps"),
                         tn_node_name (tn_rule_node (rule)));
  for (int axis = 1; axis < value.rank - 1; axis++)
    /* Keras takes an open size for another one than a known one here. */
    if (value.dims[axis].size != key.dims[axis].size
        || !tn_dim_compatible (value.dims[axis], key.dims[axis]))
      {
        tn_attention_refuse (rule, TN_ATTENTION_KEY, axis, TN_ATTENTION_VALUE, axis, why, FALSE);
        good = FALSE;
      }
  return good;
}

gboolean
tn_attention_check_flash (const TnNode *node, guint flash_attention, guint dropout,
                          guint return_scores, TnReport *report)
{
  TnIssue *issue;

  if (tn_node_is_none (node, flash_attention) || !tn_node_bool (node, flash_attention)
      || (tn_node_float (node, dropout) == 0 && !tn_node_bool (node, return_scores)))
    return TRUE;
  issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                         tn_node_float (node, dropout) != 0
                             ? _ ("%s cannot drop anything with flash_attention; set dropout to 0 "
                                  "or flash_attention to False.")
                             : _ ("%s never has all scores at once with flash_attention, so it "
                                  "cannot put them out; set flash_attention to False."),
                         tn_node_name (node));
  if (issue != NULL)
    issue->param = "flash_attention";
  return FALSE;
}

TnShape
tn_attention_shape (const TnDim *dims, int n)
{
  TnShape shape = { .rank = n };

  for (int i = 0; i < n; i++)
    shape.dims[i] = dims[i];
  return shape;
}
