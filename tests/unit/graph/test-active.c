/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bypassed and disabled layers: what is left of the graph, and the way back to it. */
#include "graph-schemas.h"
#include "graph/tn-active.h"

#define REF(id) ((TnRef){ (id), 0, 0 })

/* input → a → b → c; a and c are joined, d follows. */
typedef struct
{
  TnDraft *draft;
  TnNodeId input, a, b, c, join, d;
} Fixture;

static void
fixture_init (Fixture *self)
{
  self->draft = tn_draft_new (NULL);
  self->input = add (self->draft, &test_input, TN_NODE_NONE);
  self->a = add (self->draft, &test_unary, self->input);
  self->b = add (self->draft, &test_unary, self->a);
  self->c = add (self->draft, &test_unary, self->b);
  self->join = add (self->draft, &test_join, self->a);
  g_assert_true (tn_draft_connect (self->draft, REF (self->c), self->join, 0, G_MAXUINT, NULL));
  self->d = add (self->draft, &test_unary, self->join);
}

static TnNodeId
fed_by (const TnGraph *graph, TnNodeId id, guint slot)
{
  return tn_node_input (tn_graph_find (graph, id), 0, slot).node;
}

static TnRole
role (const TnGraph *graph, TnNodeId id)
{
  return tn_graph_role (graph, (guint)tn_graph_index (graph, id));
}

static void
test_all (void)
{
  Fixture f;
  g_autoptr (TnGraph) graph = NULL;
  TnRef counts;

  fixture_init (&f);
  graph = tn_draft_finish (f.draft);
  g_assert_true (tn_graph_active (graph) == graph);
  g_assert_cmpint (role (graph, f.b), ==, TN_ROLE_ACTIVE);
  g_assert_true (tn_graph_resolve (graph, REF (f.b), &counts));
  g_assert_cmpuint (counts.node, ==, f.b);
  tn_draft_free (f.draft);
}

static void
test_bypass (void)
{
  Fixture f;
  g_autoptr (TnGraph) graph = NULL;
  const TnGraph *active;
  TnRef counts;

  fixture_init (&f);
  tn_draft_set_mode (f.draft, f.b, TN_MODE_BYPASSED);
  tn_draft_set_mode (f.draft, f.c, TN_MODE_BYPASSED);
  tn_draft_set_mode (f.draft, f.input, TN_MODE_BYPASSED);
  graph = tn_draft_finish (f.draft);
  active = tn_graph_active (graph);
  g_assert_true (active != graph && tn_graph_active (active) == active);
  g_assert_cmpuint (tn_graph_size (active), ==, 4);
  g_assert_null (tn_graph_find (active, f.b));
  g_assert_cmpuint (fed_by (active, f.join, 0), ==, f.a);
  g_assert_cmpuint (fed_by (active, f.join, 1), ==, f.a);
  /* What is wired as before is the same node. */
  g_assert_true (tn_graph_find (active, f.a) == tn_graph_find (graph, f.a));
  g_assert_cmpint (role (graph, f.b), ==, TN_ROLE_BYPASSED);
  g_assert_cmpint (role (graph, f.d), ==, TN_ROLE_ACTIVE);
  /* Where data enters there is nothing to hand through. */
  g_assert_cmpint (role (graph, f.input), ==, TN_ROLE_ACTIVE);
  g_assert_true (tn_graph_resolve (graph, REF (f.c), &counts));
  g_assert_cmpuint (counts.node, ==, f.a);
  g_assert_false (tn_graph_resolve (graph, (TnRef){ f.c, 0, 1 }, &counts));
  tn_draft_free (f.draft);
}

static void
test_disable (void)
{
  Fixture f;
  g_autoptr (TnGraph) graph = NULL;
  const TnGraph *active;
  guint call = 0, slot = 1;
  TnRef counts;

  fixture_init (&f);
  tn_draft_set_mode (f.draft, f.b, TN_MODE_DISABLED);
  graph = tn_draft_finish (f.draft);
  active = tn_graph_active (graph);
  g_assert_cmpuint (tn_graph_size (active), ==, 4);
  g_assert_cmpint (role (graph, f.b), ==, TN_ROLE_DISABLED);
  g_assert_cmpint (role (graph, f.c), ==, TN_ROLE_INACTIVE);
  g_assert_cmpint (role (graph, f.join), ==, TN_ROLE_ACTIVE);
  g_assert_cmpuint (tn_node_n_inputs (tn_graph_find (active, f.join), 0), ==, 1);
  g_assert_false (tn_graph_resolve (graph, REF (f.c), &counts));
  g_assert_false (tn_graph_to_active (graph, f.join, &call, &slot));
  tn_draft_free (f.draft);
}

static void
test_slots (void)
{
  Fixture f;
  g_autoptr (TnGraph) graph = NULL;
  guint call = 0, slot = 1;

  fixture_init (&f);
  tn_draft_set_mode (f.draft, f.a, TN_MODE_ACTIVE);
  g_assert_true (tn_draft_connect (f.draft, REF (f.input), f.join, 0, G_MAXUINT, NULL));
  tn_draft_set_mode (f.draft, f.c, TN_MODE_DISABLED);
  graph = tn_draft_finish (f.draft);
  tn_graph_from_active (graph, f.join, &call, &slot);
  g_assert_cmpuint (slot, ==, 2);
  g_assert_true (tn_graph_to_active (graph, f.join, &call, &slot));
  g_assert_cmpuint (slot, ==, 1);
  slot = 2;
  tn_graph_from_active (graph, f.join, &call, &slot);
  g_assert_cmpuint (slot, ==, 3);
  tn_draft_free (f.draft);
}

/* A layer that is used twice, and the second time by what is disabled. */
static void
test_calls (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId one = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId two = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId shared = add (draft, &test_unary, one);
  TnNodeId first = add (draft, &test_unary, shared), second;
  g_autoptr (TnGraph) graph = NULL;
  const TnGraph *active;
  TnRef outputs[2];

  g_assert_cmpuint (tn_draft_add_call (draft, shared), ==, 1);
  g_assert_true (tn_draft_connect (draft, REF (two), shared, 1, 0, NULL));
  second = add (draft, &test_unary, TN_NODE_NONE);
  g_assert_true (tn_draft_connect (draft, (TnRef){ shared, 1, 0 }, second, 0, 0, NULL));
  outputs[0] = REF (first);
  outputs[1] = REF (second);
  tn_draft_set_outputs (draft, outputs, 2);
  tn_draft_set_mode (draft, one, TN_MODE_DISABLED);
  graph = tn_draft_finish (draft);
  active = tn_graph_active (graph);
  g_assert_cmpuint (tn_node_n_calls (tn_graph_find (active, shared)), ==, 1);
  g_assert_cmpuint (tn_node_input (tn_graph_find (active, second), 0, 0).call, ==, 0);
  g_assert_null (tn_graph_find (active, first));
  {
    guint n_outputs;
    const TnRef *left = tn_graph_outputs (active, &n_outputs);

    g_assert_cmpuint (n_outputs, ==, 1);
    g_assert_cmpuint (left[0].node, ==, second);
  }
}

/* All that a group does is bypassed: it is none any more. */
static void
test_group (void)
{
  for (guint bypassed = 0; bypassed < 2; bypassed++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      TnNodeId input = add (draft, &test_input, TN_NODE_NONE), entry, member, behind;
      TnRef output;
      g_autoptr (TnGraph) graph = NULL;
      const TnGraph *active;

      g_assert_true (tn_draft_set_group (draft, "block", "Functional", NULL, 0, NULL, NULL));
      entry = tn_draft_add (draft, &test_boundary, "block/input", FALSE, NULL);
      g_assert_true (tn_draft_connect (draft, REF (input), entry, 0, 0, NULL));
      member = tn_draft_add (draft, &test_unary, "block/member", FALSE, NULL);
      g_assert_true (tn_draft_connect (draft, REF (entry), member, 0, 0, NULL));
      output = REF (member);
      g_assert_true (tn_draft_set_group (draft, "block", "Functional", &output, 1, NULL, NULL));
      behind = add (draft, &test_unary, member);
      tn_draft_set_mode (draft, member, bypassed ? TN_MODE_BYPASSED : TN_MODE_DISABLED);
      graph = tn_draft_finish (draft);
      active = tn_graph_active (graph);
      g_assert_cmpuint (tn_graph_n_groups (active), ==, 0);
      if (bypassed)
        g_assert_cmpuint (fed_by (active, behind, 0), ==, input);
      else
        g_assert_cmpint (role (graph, behind), ==, TN_ROLE_INACTIVE);
    }
}

/* A repair of what counts, brought to the whole. */
static void
test_follow (void)
{
  Fixture f;
  g_autoptr (TnGraph) graph = NULL, after = NULL, whole = NULL;
  g_autoptr (TnDraft) draft = NULL;
  TnNodeId put;

  fixture_init (&f);
  tn_draft_set_mode (f.draft, f.b, TN_MODE_BYPASSED);
  graph = tn_draft_finish (f.draft);
  draft = tn_draft_new (tn_graph_active (graph));
  put = tn_draft_insert (draft, &test_unary, f.c, 0, 0, NULL);
  g_assert_cmpuint (put, !=, TN_NODE_NONE);
  tn_draft_set_trainable (draft, f.d, FALSE);
  after = tn_draft_finish (draft);
  whole = tn_graph_follow_active (graph, after);
  g_assert_cmpuint (tn_graph_size (whole), ==, tn_graph_size (graph) + 1);
  g_assert_cmpuint (fed_by (whole, f.c, 0), ==, put);
  g_assert_cmpuint (fed_by (whole, put, 0), ==, f.b);
  g_assert_false (tn_node_is_trainable (tn_graph_find (whole, f.d)));
  g_assert_cmpint (role (whole, f.b), ==, TN_ROLE_BYPASSED);
  g_assert_cmpuint (fed_by (tn_graph_active (whole), put, 0), ==, f.a);
  /* The name that was free without what is bypassed is not free with it. */
  g_assert_cmpstr (tn_node_name (tn_graph_find (after, put)), ==, "re_lu_1");
  g_assert_cmpstr (tn_node_name (tn_graph_find (whole, put)), ==, "re_lu_4");
  tn_draft_free (f.draft);
}

/* What fed a bypassed layer is taken away: it stays where it was in the wire. */
static void
test_follow_removal (void)
{
  Fixture f;
  g_autoptr (TnGraph) graph = NULL, after = NULL, whole = NULL;
  g_autoptr (TnDraft) draft = NULL;

  fixture_init (&f);
  tn_draft_set_mode (f.draft, f.c, TN_MODE_BYPASSED);
  graph = tn_draft_finish (f.draft);
  draft = tn_draft_new (tn_graph_active (graph));
  g_assert_true (tn_draft_connect (draft, REF (f.a), f.join, 0, 1, NULL));
  tn_draft_remove (draft, f.b);
  after = tn_draft_finish (draft);
  whole = tn_graph_follow_active (graph, after);
  g_assert_null (tn_graph_find (whole, f.b));
  g_assert_cmpuint (fed_by (whole, f.c, 0), ==, f.a);
  g_assert_cmpuint (fed_by (whole, f.join, 1), ==, f.c);
  g_assert_true (tn_graph_same_meaning (tn_graph_active (whole), after));
  tn_draft_free (f.draft);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/active/all", test_all);
  g_test_add_func ("/active/bypass", test_bypass);
  g_test_add_func ("/active/disable", test_disable);
  g_test_add_func ("/active/slots", test_slots);
  g_test_add_func ("/active/calls", test_calls);
  g_test_add_func ("/active/group", test_group);
  g_test_add_func ("/active/follow", test_follow);
  g_test_add_func ("/active/follow-removal", test_follow_removal);
  return g_test_run ();
}
