/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates for query, value and key of an attention that do not fit one another. */
#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"

/* The tensor in @slot brought to @units features by a layer of its own. */
static void
project (TnAdvisor *advisor, guint slot, gint64 units)
{
  TnNodeId to = advisor->issue->node;
  TnRef ref = tn_node_input (advisor->node, advisor->call, slot);
  const TnNode *source = tn_graph_find (advisor->graph, ref.node);
  g_autofree char *text = tn_int_text (units);

  if (source == NULL || units < 1)
    return;
  tn_advisor_try_insert (advisor, "Dense", to, advisor->call, slot,
                         /* Translators: Insert Dense(64) between lstm and attention */
                         g_strdup_printf (_ ("Insert Dense(%s) between %s and %s"), text,
                                          tn_node_name (source), tn_node_name (advisor->node)),
                         (const char *const[]){ "units", text, NULL });
}

/* A tensor less: the key is the value itself where there is none of its own. */
static void
leave_key_out (TnAdvisor *advisor)
{
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  TnNodeId to = advisor->issue->node;
  TnRef ref = tn_node_input (advisor->node, advisor->call, 2);
  const TnNode *source = tn_graph_find (advisor->graph, ref.node);

  if (source == NULL)
    return;
  tn_draft_disconnect (draft, to, advisor->call, 2);
  tn_advisor_try (advisor, g_steal_pointer (&draft),
                  g_strdup_printf (_ ("Take the wire from %s to %s away"), tn_node_name (source),
                                   tn_node_name (advisor->node)),
                  &to, 1);
}

/* Both from where one of them comes. */
static void
wire_alike (TnAdvisor *advisor, guint slot, guint other)
{
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  TnNodeId to = advisor->issue->node;
  TnRef ref = tn_node_input (advisor->node, advisor->call, other);
  const TnNode *source = tn_graph_find (advisor->graph, ref.node);

  if (source == NULL || !tn_draft_connect (draft, ref, to, advisor->call, slot, NULL))
    return;
  tn_advisor_try (advisor, g_steal_pointer (&draft),
                  /* Translators: Wire lstm to the value of attention */
                  g_strdup_printf (_ ("Wire %s to the %s of %s"), tn_node_name (source),
                                   tn_schema_input_name (tn_node_schema (advisor->node), slot),
                                   tn_node_name (advisor->node)),
                  &to, 1);
}

void
tn_candidates_attention (TnAdvisor *advisor)
{
  TnShape here = advisor->arrives, wanted = advisor->issue->expected;
  int axis = tn_shape_axis (&here, advisor->issue->axis);
  gint64 has, wants;

  if (axis < 0 || wanted.rank != here.rank)
    {
      leave_key_out (advisor);
      return;
    }
  has = here.dims[axis].size;
  wants = wanted.dims[axis].size;
  if (axis == here.rank - 1)
    {
      project (advisor, advisor->slot, wants);
      project (advisor, 0, has);
      tn_advisor_scale_causes (advisor, wants, has);
      tn_candidates_input_for (advisor, axis, wants);
      return;
    }
  if (advisor->slot == 2)
    {
      leave_key_out (advisor);
      wire_alike (advisor, 1, 2);
    }
  tn_candidates_fit (advisor, advisor->slot, &here, &wanted);
  tn_candidates_input_for (advisor, axis, wants);
}
