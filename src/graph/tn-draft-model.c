/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a draft belongs to the model as a whole. */
#include "graph/tn-draft-private.h"

TnDenseInputs
tn_draft_dense_inputs (const TnDraft *draft)
{
  return draft->model.dense_inputs;
}

void
tn_draft_set_name (TnDraft *draft, const char *name)
{
  g_free (draft->model.name);
  draft->model.name = g_strdup (name);
}

void
tn_draft_set_direction (TnDraft *draft, TnDirection direction)
{
  draft->model.direction = direction;
}

void
tn_draft_set_dense_inputs (TnDraft *draft, TnDenseInputs rule)
{
  draft->model.dense_inputs = rule;
}

void
tn_draft_set_seed (TnDraft *draft, guint64 seed)
{
  draft->model.seed = seed;
}

void
tn_draft_set_graph_extras (TnDraft *draft, const TnValue *extras)
{
  TnValue *old = draft->model.extras;

  draft->model.extras = extras != NULL ? tn_value_ref (extras) : NULL;
  tn_value_unref (old);
}

void
tn_draft_set_outputs (TnDraft *draft, const TnRef *outputs, guint n_outputs)
{
  g_clear_pointer (&draft->model.outputs, g_array_unref);
  if (outputs == NULL)
    return;
  draft->model.outputs = g_array_new (FALSE, FALSE, sizeof (TnRef));
  g_array_append_vals (draft->model.outputs, outputs, n_outputs);
}
