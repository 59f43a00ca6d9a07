/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drafts: wires and their refusals, slots, splicing, names, settings; what is refused changes
 * nothing. */
#include <string.h>

#include "graph-schemas.h"

#define REF(id) ((TnRef){ (id), 0, 0 })

static void
assert_said (TnReport *report, const char *code, const char *message)
{
  const TnIssue *issue;

  g_assert_cmpuint (tn_report_size (report), ==, 1);
  issue = tn_report_issue (report, 0);
  g_assert_cmpstr (issue->code, ==, code);
  g_assert_cmpstr (issue->message, ==, message);
  g_assert_cmpint (issue->severity, ==, TN_SEVERITY_ERROR);
}

/* The change is refused with this sentence, also where nobody wants to read it, and the draft is as
 * it was. */
#define ASSERT_REFUSED(draft, call, code, message)                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (TnReport) report = tn_report_new ();                                                \
    g_autoptr (TnGraph) before = tn_draft_finish (draft);                                          \
    g_autoptr (TnGraph) as_it_was = NULL;                                                          \
                                                                                                   \
    g_assert_false (call);                                                                         \
    assert_said (report, code, message);                                                           \
    as_it_was = tn_draft_finish (draft);                                                           \
    g_assert_true (tn_graph_same_meaning (before, as_it_was));                                     \
  }                                                                                                \
  G_STMT_END

static void
test_connect (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId a = add (draft, &test_unary, input), b = add (draft, &test_unary, a);
  TnNodeId label = add (draft, &test_label, b);

  g_assert_cmpuint (input_of (tn_draft_find (draft, b), 0), ==, a);
  /* A slot that is named is wired anew. */
  g_assert_true (tn_draft_connect (draft, REF (input), b, 0, 0, NULL));
  g_assert_cmpuint (input_of (tn_draft_find (draft, b), 0), ==, input);
  g_assert_true (tn_draft_connect (draft, REF (a), b, 0, 0, NULL));

  ASSERT_REFUSED (draft, tn_draft_connect (draft, REF (b), a, 0, 0, report), "cycle",
                  "This would close a cycle: re_lu_1 already depends on re_lu.");
  ASSERT_REFUSED (draft, tn_draft_connect (draft, REF (a), a, 0, 0, report), "cycle",
                  "re_lu cannot feed itself: data must flow one way.");
  ASSERT_REFUSED (draft, tn_draft_connect (draft, REF (a), input, 0, G_MAXUINT, report), "wire",
                  "input_layer is where data enters the model, so nothing can be wired into it.");
  ASSERT_REFUSED (draft, tn_draft_connect (draft, REF (input), b, 0, G_MAXUINT, report), "wire",
                  "re_lu_1 takes only one input, which is taken; to join several, put an Add or a "
                  "Concatenate before it.");
  ASSERT_REFUSED (draft, tn_draft_connect (draft, REF (label), b, 0, 0, report), "wire",
                  "target puts nothing out.");
  ASSERT_REFUSED (draft, tn_draft_connect (draft, (TnRef){ a, 0, 1 }, b, 0, 0, report), "wire",
                  "re_lu has no such output.");
  ASSERT_REFUSED (draft, tn_draft_connect (draft, (TnRef){ a, 1, 0 }, b, 0, 0, report), "wire",
                  "re_lu has no such output.");
  g_assert_false (tn_draft_connect (draft, REF (b), a, 0, 0, NULL));

  tn_draft_disconnect (draft, b, 0, 0);
  tn_draft_disconnect (draft, b, 0, 7);
  g_assert_cmpuint (input_of (tn_draft_find (draft, b), 0), ==, TN_NODE_NONE);
  /* What was a cycle is none any more. */
  tn_draft_disconnect (draft, a, 0, 0);
  g_assert_true (tn_draft_connect (draft, REF (b), a, 0, 0, NULL));
}

/* A random walk: never a cycle, and what is refused as one would be one. */
static void
test_cycles (void)
{
  for (int round = 0; round < 30; round++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      TnNodeId ids[12];
      gboolean reaches[12][12] = { 0 }; /* from, to */

      for (guint i = 0; i < 12; i++)
        {
          ids[i] = add (draft, &test_merge, TN_NODE_NONE);
          reaches[i][i] = TRUE;
        }
      for (int wire = 0; wire < 40; wire++)
        {
          guint from = (guint)g_test_rand_int_range (0, 12),
                to = (guint)g_test_rand_int_range (0, 12);

          g_assert_cmpint (tn_draft_connect (draft, REF (ids[from]), ids[to], 0, G_MAXUINT, NULL),
                           ==, !reaches[to][from]);
          if (reaches[to][from])
            continue;
          for (guint i = 0; i < 12; i++)
            for (guint j = 0; j < 12; j++)
              reaches[i][j] = reaches[i][j] || (reaches[i][from] && reaches[to][j]);
        }
    }
}

static void
test_slots (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId inputs[4], merge;
  const TnNode *node;

  for (guint i = 0; i < 4; i++)
    inputs[i] = add (draft, &test_input, TN_NODE_NONE);
  merge = add (draft, &test_merge, TN_NODE_NONE);
  g_assert_cmpuint (tn_node_n_inputs (tn_draft_find (draft, merge), 0), ==, 2);
  for (guint i = 0; i < 4; i++)
    g_assert_true (tn_draft_connect (draft, REF (inputs[i]), merge, 0, G_MAXUINT, NULL));
  node = tn_draft_find (draft, merge);
  g_assert_cmpuint (tn_node_n_inputs (node, 0), ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (input_of (node, i), ==, inputs[i]);

  /* The gap closes, … */
  tn_draft_remove (draft, inputs[1]);
  node = tn_draft_find (draft, merge);
  g_assert_cmpuint (tn_node_n_inputs (node, 0), ==, 3);
  g_assert_cmpuint (input_of (node, 0), ==, inputs[0]);
  g_assert_cmpuint (input_of (node, 1), ==, inputs[2]);
  g_assert_cmpuint (input_of (node, 2), ==, inputs[3]);
  tn_draft_disconnect (draft, merge, 0, 0);
  node = tn_draft_find (draft, merge);
  g_assert_cmpuint (tn_node_n_inputs (node, 0), ==, 2);
  g_assert_cmpuint (input_of (node, 0), ==, inputs[2]);
  /* … but two slots there always are; the free one is used next. */
  tn_draft_disconnect (draft, merge, 0, 0);
  node = tn_draft_find (draft, merge);
  g_assert_cmpuint (tn_node_n_inputs (node, 0), ==, 2);
  g_assert_cmpuint (input_of (node, 0), ==, TN_NODE_NONE);
  g_assert_cmpuint (input_of (node, 1), ==, inputs[3]);
  g_assert_true (tn_draft_connect (draft, REF (inputs[0]), merge, 0, 2, NULL));
  g_assert_cmpuint (input_of (tn_draft_find (draft, merge), 0), ==, inputs[0]);

  /* The same layer twice, and then gone. */
  g_assert_true (tn_draft_connect (draft, REF (inputs[0]), merge, 0, G_MAXUINT, NULL));
  g_assert_cmpuint (tn_node_n_inputs (tn_draft_find (draft, merge), 0), ==, 3);
  tn_draft_remove (draft, inputs[0]);
  node = tn_draft_find (draft, merge);
  g_assert_cmpuint (tn_node_n_inputs (node, 0), ==, 2);
  g_assert_cmpuint (input_of (node, 0) + input_of (node, 1), ==, inputs[3]);
  tn_draft_remove (draft, 4711);
}

static void
test_splice (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId other = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId end = add (draft, &test_unary, input);
  TnNodeId merge = add (draft, &test_merge, other);
  TnNodeId label = add (draft, &test_label, TN_NODE_NONE);
  TnNodeId late, between;
  const TnNode *node;

  /* The merging layer already depends on the end of the wire: half of it can be done. */
  late = add (draft, &test_merge, end);
  g_assert_true (tn_draft_connect (draft, REF (end), late, 0, 1, NULL));
  ASSERT_REFUSED (draft, tn_draft_splice (draft, late, end, 0, 0, report), "cycle",
                  "This would close a cycle: add_1 already depends on re_lu.");
  g_assert_cmpuint (input_of (tn_draft_find (draft, late), 0), ==, end);
  tn_draft_disconnect (draft, late, 0, 0);
  ASSERT_REFUSED (draft, tn_draft_splice (draft, late, end, 0, 0, report), "cycle",
                  "This would close a cycle: add_1 already depends on re_lu.");
  g_assert_cmpuint (tn_node_n_inputs (tn_draft_find (draft, late), 0), ==, 2);
  ASSERT_REFUSED (draft, tn_draft_splice (draft, label, end, 0, 0, report), "wire",
                  "target cannot stand within a wire: it needs both an input and an output.");
  ASSERT_REFUSED (
      draft, tn_draft_splice (draft, other, end, 0, 0, report), "wire",
      "input_layer_1 cannot stand within a wire: it needs both an input and an output.");
  ASSERT_REFUSED (draft, tn_draft_splice (draft, end, end, 0, 0, report), "cycle",
                  "re_lu cannot feed itself: data must flow one way.");

  g_assert_true (tn_draft_splice (draft, merge, end, 0, 0, NULL));
  g_assert_cmpuint (input_of (tn_draft_find (draft, end), 0), ==, merge);
  g_assert_cmpuint (input_of (tn_draft_find (draft, merge), 0), ==, input);

  tn_draft_move (draft, merge, 100, 40);
  tn_draft_move (draft, end, 300, 80);
  between = tn_draft_insert (draft, &test_full, end, 0, 0, NULL);
  node = tn_draft_find (draft, between);
  g_assert_cmpuint (input_of (node, 0), ==, merge);
  g_assert_cmpuint (input_of (tn_draft_find (draft, end), 0), ==, between);
  g_assert_cmpfloat (tn_node_x (node), ==, 200);
  g_assert_cmpfloat (tn_node_y (node), ==, 60);
  g_assert_cmpint (tn_node_int (node, P_INT), ==, 64); /* as suggested */
  ASSERT_REFUSED (draft, tn_draft_insert (draft, &test_label, end, 0, 0, report) != TN_NODE_NONE,
                  "wire",
                  "Target cannot stand within a wire: it needs both an input and an output.");
}

static void
test_names (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId first = add (draft, &test_unary, TN_NODE_NONE);
  TnNodeId second = add (draft, &test_unary, TN_NODE_NONE);
  TnNodeId third = add (draft, &test_unary, TN_NODE_NONE);
  TnNodeId named;

  g_assert_cmpstr (tn_node_name (tn_draft_find (draft, first)), ==, "re_lu");
  g_assert_cmpstr (tn_node_name (tn_draft_find (draft, second)), ==, "re_lu_1");
  g_assert_cmpstr (tn_node_name (tn_draft_find (draft, third)), ==, "re_lu_2");
  /* A name that is free again is given again, whichever way it became free. */
  tn_draft_remove (draft, second);
  second = add (draft, &test_unary, TN_NODE_NONE);
  g_assert_cmpstr (tn_node_name (tn_draft_find (draft, second)), ==, "re_lu_1");
  g_assert_true (tn_draft_rename (draft, first, "stem", NULL));
  named = add (draft, &test_unary, TN_NODE_NONE);
  g_assert_cmpstr (tn_node_name (tn_draft_find (draft, named)), ==, "re_lu");
  g_assert_true (tn_draft_find_name (draft, "stem") == tn_draft_find (draft, first));
  g_assert_null (tn_draft_find_name (draft, "re_lu_7"));

  g_assert_true (tn_draft_rename (draft, first, "stem", NULL));
  ASSERT_REFUSED (draft, tn_draft_rename (draft, first, "", report), "name",
                  "A layer needs a name.");
  ASSERT_REFUSED (draft, tn_draft_rename (draft, first, "a/b", report), "name",
                  "“a/b” cannot be a layer's name, because Keras allows no “/” in it.");
  ASSERT_REFUSED (draft, tn_draft_rename (draft, first, "re_lu_2", report), "name",
                  "There already is a layer called “re_lu_2”.");
  ASSERT_REFUSED (draft, tn_draft_add (draft, &test_unary, "stem", FALSE, report) != TN_NODE_NONE,
                  "name", "There already is a layer called “stem”.");
  g_assert_cmpuint (tn_draft_add (draft, &test_unary, "branch", FALSE, NULL), !=, TN_NODE_NONE);
}

static void
test_copy (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId full = add (draft, &test_full, input), copy;
  TnShape pin = tn_shape_new ((gint64[]){ -1, 256 }, 2), other;
  const TnNode *node;

  g_assert_true (tn_draft_set_text (draft, full, "units", "7", NULL));
  tn_draft_pin (draft, full, &pin);
  tn_draft_set_trainable (draft, full, FALSE);
  tn_draft_connect (draft, REF (input), full, tn_draft_add_call (draft, full), 0, NULL);
  copy = tn_draft_copy (draft, tn_draft_find (draft, full));
  node = tn_draft_find (draft, copy);
  g_assert_cmpstr (tn_node_name (node), ==, "full_1");
  g_assert_cmpuint (tn_node_n_calls (node), ==, 1);
  g_assert_cmpuint (input_of (node, 0), ==, TN_NODE_NONE);
  g_assert_cmpint (tn_node_int (node, P_INT), ==, 7);
  g_assert_false (tn_node_is_trainable (node));
  g_assert_true (tn_node_pin (node, &other) && tn_shape_identical (&pin, &other));
  g_assert_cmpuint (tn_node_n_calls (tn_draft_find (draft, full)), ==, 2);

  tn_draft_pin (draft, copy, NULL);
  g_assert_false (tn_node_pin (tn_draft_find (draft, copy), &other));
  g_assert_true (tn_node_pin (tn_draft_find (draft, full), &other));
}

static void
test_settings (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId id = add (draft, &test_full, TN_NODE_NONE);
  g_autoptr (TnValue) bad = tn_value_new_string ("many");
  g_autoptr (TnReport) found = tn_report_new ();
  gint64 strides[2];

  ASSERT_REFUSED (draft, tn_draft_set_text (draft, id, "units", "0", report), "param",
                  "units must be a whole number of at least 1, not 0.");
  ASSERT_REFUSED (draft, tn_draft_set_text (draft, id, "strides", "(2", report), "param",
                  "strides: “)” is missing at the end.");
  ASSERT_REFUSED (draft, tn_draft_set_text (draft, id, "filters", "2", report), "param",
                  "Full has no parameter called filters.");

  /* Canonical form, and no trace of what is the default anyway. */
  g_assert_true (tn_draft_set_text (draft, id, "strides", "2", NULL));
  g_assert_true (tn_node_ints (tn_draft_find (draft, id), P_INTS, strides));
  g_assert_cmpint (strides[1], ==, 2);
  g_assert_cmpuint (tn_value_size (tn_node_get (tn_draft_find (draft, id), P_INTS)), ==, 2);
  g_assert_true (tn_draft_set_text (draft, id, "strides", "(1, 1)", NULL));
  g_assert_null (tn_node_get (tn_draft_find (draft, id), P_INTS));
  g_assert_true (tn_draft_set_text (draft, id, "units", "4", NULL));
  g_assert_true (tn_draft_set (draft, id, P_INT, NULL, TRUE, NULL));
  g_assert_null (tn_node_get (tn_draft_find (draft, id), P_INT));

  /* Readers keep what is wrong, to be shown. */
  g_assert_true (tn_draft_set (draft, id, P_INT, bad, FALSE, NULL));
  g_assert_cmpint (tn_node_int (tn_draft_find (draft, id), P_INT), ==, 0);
  g_assert_false (tn_node_check (tn_draft_find (draft, id), found));
  assert_said (found, "param", "full: units must be a whole number of at least 1, not 'many'.");
  g_assert_cmpstr (tn_report_issue (found, 0)->param, ==, "units");
  tn_report_free (g_steal_pointer (&found));
  found = tn_report_new ();
  g_assert_true (tn_draft_set (draft, id, P_INT, NULL, FALSE, NULL));
  g_assert_false (tn_node_check (tn_draft_find (draft, id), found));
  assert_said (found, "param", "full needs a value for units.");
}

/* The call is what may not need itself, not the layer. */
static void
test_calls (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId shared = add (draft, &test_unary, input);
  TnNodeId behind = add (draft, &test_unary, shared);
  guint second = tn_draft_add_call (draft, shared);
  guint third = tn_draft_add_call (draft, shared);

  g_assert_cmpuint (second, ==, 1);
  g_assert_true (tn_draft_connect (draft, REF (behind), shared, second, 0, NULL));
  g_assert_true (
      tn_draft_connect (draft, (TnRef){ shared, (guint16)second, 0 }, shared, third, 0, NULL));
  ASSERT_REFUSED (
      draft, tn_draft_connect (draft, (TnRef){ shared, (guint16)third, 0 }, behind, 0, 0, report),
      "cycle", "This would close a cycle: re_lu already depends on re_lu_1.");
  ASSERT_REFUSED (
      draft,
      tn_draft_connect (draft, (TnRef){ shared, (guint16)third, 0 }, shared, second, 0, report),
      "cycle", "re_lu cannot feed itself: data must flow one way.");
  tn_draft_remove (draft, behind);
  g_assert_cmpuint (tn_node_input (tn_draft_find (draft, shared), second, 0).node, ==,
                    TN_NODE_NONE);
}

/* query, value, and a key that may be left out. */
static void
test_told_apart (void)
{
  static const char *const names[] = { "query", "value", "key", NULL };
  static const TnSchema attention = { .type = "Attention",
                                      .auto_name = "attention",
                                      .min_inputs = 2,
                                      .max_inputs = 3,
                                      .n_outputs = 1,
                                      .input_names = names,
                                      .keras = TRUE };
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId words = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId end = add (draft, &test_unary, input);
  TnNodeId placed = add (draft, &attention, TN_NODE_NONE), half, inserted;
  const TnNode *node;

  /* Put on a wire it looks from the sequence at the sequence. */
  g_assert_true (tn_draft_splice (draft, placed, end, 0, 0, NULL));
  node = tn_draft_find (draft, placed);
  g_assert_cmpuint (tn_node_n_inputs (node, 0), ==, 2);
  g_assert_cmpuint (input_of (node, 0), ==, input);
  g_assert_cmpuint (input_of (node, 1), ==, input);
  g_assert_cmpuint (input_of (tn_draft_find (draft, end), 0), ==, placed);

  inserted = tn_draft_insert (draft, &attention, end, 0, 0, NULL);
  g_assert_cmpuint (input_of (tn_draft_find (draft, inserted), 0), ==, placed);
  g_assert_cmpuint (input_of (tn_draft_find (draft, inserted), 1), ==, placed);

  /* What is wired already stays. */
  half = add (draft, &attention, TN_NODE_NONE);
  g_assert_true (tn_draft_connect (draft, REF (words), half, 0, 1, NULL));
  g_assert_true (tn_draft_splice (draft, half, end, 0, 0, NULL));
  g_assert_cmpuint (input_of (tn_draft_find (draft, half), 0), ==, inserted);
  g_assert_cmpuint (input_of (tn_draft_find (draft, half), 1), ==, words);

  /* Refused half way: both slots are as they were. */
  tn_draft_disconnect (draft, end, 0, 0);
  g_assert_true (tn_draft_connect (draft, REF (input), end, 0, 0, NULL));
  half = add (draft, &attention, TN_NODE_NONE);
  g_assert_true (tn_draft_connect (draft, REF (end), half, 0, 1, NULL));
  ASSERT_REFUSED (draft, tn_draft_splice (draft, half, end, 0, 0, report), "cycle",
                  "This would close a cycle: attention_3 already depends on re_lu.");
  g_assert_cmpuint (input_of (tn_draft_find (draft, half), 0), ==, TN_NODE_NONE);
  g_assert_cmpuint (input_of (tn_draft_find (draft, half), 1), ==, end);

  /* The key goes into its own slot, also before the value. */
  tn_draft_disconnect (draft, half, 0, 1);
  g_assert_true (tn_draft_connect (draft, REF (words), half, 0, 2, NULL));
  node = tn_draft_find (draft, half);
  g_assert_cmpuint (tn_node_n_inputs (node, 0), ==, 3);
  g_assert_cmpuint (input_of (node, 1), ==, TN_NODE_NONE);
  g_assert_false (tn_node_is_optional (node, 1));
  g_assert_true (tn_node_is_optional (node, 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/draft/connect", test_connect);
  g_test_add_func ("/draft/cycles", test_cycles);
  g_test_add_func ("/draft/slots", test_slots);
  g_test_add_func ("/draft/splice", test_splice);
  g_test_add_func ("/draft/told-apart", test_told_apart);
  g_test_add_func ("/draft/names", test_names);
  g_test_add_func ("/draft/copy", test_copy);
  g_test_add_func ("/draft/settings", test_settings);
  g_test_add_func ("/draft/calls", test_calls);
  return g_test_run ();
}
