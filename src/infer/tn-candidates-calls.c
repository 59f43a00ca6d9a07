/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates for a layer that is called otherwise than Keras lets it be. */
#include "base/tn-i18n.h"
#include "graph/tn-call.h"
#include "infer/tn-advice-private.h"

/* Of so many wires each is tried without. */
#define MOST_WIRES 8

/* The tensors that are given now, in order. */
static guint
given_tensors (const TnAdvisor *advisor, TnRef *refs)
{
  guint n = 0;

  for (guint slot = 0; slot < tn_node_n_inputs (advisor->node, advisor->call); slot++)
    {
      TnRef ref = tn_node_input (advisor->node, advisor->call, slot);

      if (ref.node != TN_NODE_NONE && n < MOST_WIRES)
        refs[n++] = ref;
    }
  return n;
}

/* A draft in which nothing is wired to the call, and which is called as its kind is. */
static TnDraft *
bare_draft (const TnAdvisor *advisor)
{
  TnDraft *draft = tn_advisor_draft (advisor);
  g_autoptr (TnValue) extras = tn_node_call_reset (advisor->node, advisor->call);

  for (guint slot = tn_node_n_inputs (advisor->node, advisor->call); slot-- > 0;)
    tn_draft_disconnect (draft, tn_node_id (advisor->node), advisor->call, slot);
  tn_draft_set_extras (draft, tn_node_id (advisor->node), extras);
  return draft;
}

static void
try_joined (TnAdvisor *advisor, const char *type, const TnRef *refs, guint n_refs)
{
  g_autoptr (TnDraft) draft = bare_draft (advisor);
  TnNodeId to = tn_node_id (advisor->node);
  TnNodeId id = tn_draft_add (draft, &tn_layer_find (type)->schema, NULL, FALSE, NULL);

  for (guint i = 0; i < n_refs; i++)
    if (!tn_draft_connect (draft, refs[i], id, 0, i, NULL))
      return;
  if (!tn_draft_connect (draft, (TnRef){ id, 0, 0 }, to, advisor->call, 0, NULL))
    return;
  if (tn_node_is_placed (advisor->node))
    tn_draft_move (draft, id, tn_node_x (advisor->node), tn_node_y (advisor->node) - 108);
  tn_advisor_try (
      advisor, g_steal_pointer (&draft),
      /* Translators: class of layer, layer */
      g_strdup_printf (_ ("Join the tensors by %s before %s"), type, tn_node_name (advisor->node)),
      &id, 1);
}

static void
try_without (TnAdvisor *advisor, const TnRef *refs, guint n_refs, guint left_out)
{
  g_autoptr (TnDraft) draft = bare_draft (advisor);
  TnNodeId to = tn_node_id (advisor->node);
  const TnNode *source = tn_graph_find (advisor->graph, refs[left_out].node);
  guint slot = 0;

  for (guint i = 0; i < n_refs; i++)
    if (i != left_out && !tn_draft_connect (draft, refs[i], to, advisor->call, slot++, NULL))
      return;
  tn_advisor_try (advisor, g_steal_pointer (&draft),
                  g_strdup_printf (_ ("Take the wire from %s to %s away"), tn_node_name (source),
                                   tn_node_name (advisor->node)),
                  &to, 1);
}

void
tn_candidates_too_many (TnAdvisor *advisor)
{
  TnRef refs[MOST_WIRES];
  guint n_refs = given_tensors (advisor, refs);

  if (tn_node_schema (advisor->node)->max_inputs == 1)
    {
      try_joined (advisor, "Concatenate", refs, n_refs);
      try_joined (advisor, "Add", refs, n_refs);
    }
  for (guint i = n_refs; i-- > 0;)
    try_without (advisor, refs, n_refs, i);
}

void
tn_candidates_call_form (TnAdvisor *advisor)
{
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  g_autoptr (TnValue) extras = tn_node_call_reset (advisor->node, advisor->call);
  TnNodeId id = tn_node_id (advisor->node);

  tn_draft_set_extras (draft, id, extras);
  tn_advisor_try (advisor, g_steal_pointer (&draft),
                  g_strdup_printf (_ ("Call %s as Keras wants it"), tn_node_name (advisor->node)),
                  &id, 1);
}
