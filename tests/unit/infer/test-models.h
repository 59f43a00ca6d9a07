/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small models for the tests of this room, told in one line a layer. */
#pragma once

#include "graph/tn-draft.h"
#include "infer/tn-facts.h"

/* Adds a layer of class @type behind @from (TN_NODE_NONE: not wired); settings as name, text, …,
 * NULL. */
static inline TnNodeId
add_layer (TnDraft *draft, TnNodeId from, const char *type, const char *name, ...)
{
  TnNodeId id = tn_draft_add (draft, &tn_layer_find (type)->schema, name, FALSE, NULL);
  const char *param;
  va_list args;

  g_assert_cmpuint (id, !=, TN_NODE_NONE);
  va_start (args, name);
  while ((param = va_arg (args, const char *)) != NULL)
    {
      g_autoptr (TnReport) report = tn_report_new ();

      if (!tn_draft_set_text (draft, id, param, va_arg (args, const char *), report))
        g_error ("%s", tn_report_first (report));
    }
  va_end (args);
  if (from != TN_NODE_NONE)
    g_assert_true (tn_draft_connect (draft, (TnRef){ from, 0, 0 }, id, 0, G_MAXUINT, NULL));
  return id;
}

/* Conv2D(32, 3) MaxPooling2D(2) Conv2D(64, 3) on (28, 28, 1); the last one's id. */
static inline TnNodeId
add_convolutions (TnDraft *draft)
{
  TnNodeId id = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape",
                           "(None, 28, 28, 1)", NULL);

  id = add_layer (draft, id, "Conv2D", NULL, "filters", "32", "kernel_size", "3", NULL);
  id = add_layer (draft, id, "MaxPooling2D", NULL, NULL);
  return add_layer (draft, id, "Conv2D", NULL, "filters", "64", "kernel_size", "3", NULL);
}

static inline TnFacts *
infer_draft (TnDraft *draft)
{
  g_autoptr (TnGraph) graph = tn_draft_finish (draft);

  return tn_infer (graph, NULL, NULL);
}

static inline void
assert_shape (const TnFacts *facts, TnNodeId id, const char *expected)
{
  TnShape shape = tn_facts_shape (facts, (TnRef){ id, 0, 0 }, NULL);
  g_autofree char *text = tn_shape_to_text (&shape);

  g_assert_cmpstr (text, ==, expected);
}

static inline const TnIssue *
find_code (const TnFacts *facts, const char *code)
{
  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    if (g_str_equal (tn_facts_issue (facts, i)->code, code))
      return tn_facts_issue (facts, i);
  return NULL;
}
