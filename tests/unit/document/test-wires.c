/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edits of wires, and those that put layers into the flow and take them out of it. */
#include "document-fixture.h"

/* One column of layers, each fed by the one above. */
typedef struct
{
  TnDocument *document;
  TnNodeId ids[8];
} Column;

static Column
column_new (const char *types)
{
  g_auto (GStrv) names = g_strsplit (types, " ", -1);
  Column column = { .document = tn_document_new () };

  for (guint i = 0; names[i] != NULL; i++)
    {
      column.ids[i] = fixture_add (column.document, names[i], 0, 110 * i);
      if (i > 0)
        g_assert_true (
            fixture_connect (column.document, column.ids[i - 1], column.ids[i], 0, NULL));
    }
  return column;
}

static gboolean
apply (TnDocument *document, const TnEdit *edit, TnEditArgs args, const char *code)
{
  g_autoptr (TnReport) report = tn_report_new ();
  gboolean done = tn_document_apply (document, edit, &args, report);

  if (!done)
    {
      g_assert_cmpuint (tn_report_size (report), >, 0);
      g_assert_cmpstr (tn_report_issue (report, 0)->code, ==, code);
      g_assert_cmpuint (strlen (tn_report_first (report)), >, 20);
    }
  return done;
}

static void
check_label (TnDocument *document, const char *expected)
{
  g_autofree char *label = tn_document_undo_label (document);

  g_assert_cmpstr (label, ==, expected);
}

static void
test_rewire (void)
{
  Column column = column_new ("InputLayer Dense Dense");
  TnDocument *document = column.document;
  TnNodeId *ids = column.ids, other = fixture_add (document, "Dense", 300, 110);
  TnWireEnd old = { .node = ids[1] };
  TnEditArgs args = { .wires = &old, .n_wires = 1, .node = other };

  g_assert_true (apply (document, &tn_edit_rewire, args, NULL));
  g_assert_cmpuint (fixture_source (document, other, 0), ==, ids[0]);
  g_assert_cmpuint (fixture_source (document, ids[1], 0), ==, TN_NODE_NONE);
  check_label (document, "Undo Rewire input_layer → dense_2");
  tn_document_undo (document);

  /* Where it would close a cycle nothing is lost. */
  old.node = ids[2];
  args.node = ids[1];
  g_assert_false (apply (document, &tn_edit_rewire, args, "cycle"));
  g_assert_cmpuint (fixture_source (document, ids[2], 0), ==, ids[1]);
  old.slot = 5;
  g_assert_false (apply (document, &tn_edit_rewire, args, "stale"));
  g_object_unref (document);
}

/* The exact wire moves, though its tensor is used twice. */
static void
test_rewire_exact (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId a = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId b = fixture_add (document, "InputLayer", 200, 0);
  TnNodeId difference = fixture_add (document, "Subtract", 0, 110);
  TnNodeId dense = fixture_add (document, "Dense", 0, 220);
  TnWireEnd old = { difference, 0, 1 };
  TnEditArgs args = { .wires = &old, .n_wires = 1, .node = dense };

  fixture_connect (document, a, difference, 0, NULL);
  fixture_connect (document, a, difference, 1, NULL);
  g_assert_true (apply (document, &tn_edit_rewire, args, NULL));
  g_assert_cmpuint (fixture_source (document, difference, 0), ==, a);
  g_assert_cmpuint (fixture_source (document, difference, 1), ==, TN_NODE_NONE);
  tn_document_undo (document);

  /* Onto the other input of the same layer: they change places. */
  fixture_connect (document, b, difference, 1, NULL);
  args.node = difference;
  args.slot = 0;
  g_assert_true (apply (document, &tn_edit_rewire, args, NULL));
  g_assert_cmpuint (fixture_source (document, difference, 0), ==, b);
  g_assert_cmpuint (fixture_source (document, difference, 1), ==, a);
  g_assert_true (apply (document, &tn_edit_swap_inputs, (TnEditArgs){ .node = difference }, NULL));
  g_assert_cmpuint (fixture_source (document, difference, 0), ==, a);
  g_assert_cmpuint (fixture_source (document, difference, 1), ==, b);
  check_label (document, "Undo Swap Inputs of subtract");
  g_assert_false (apply (document, &tn_edit_swap_inputs, (TnEditArgs){ .node = dense }, "wire"));
}

static void
test_cut (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId in = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId a = fixture_add (document, "Dense", 0, 110), b = fixture_add (document, "Dense", 0, 220);
  TnNodeId join = fixture_add (document, "Concatenate", 0, 330);
  /* In no order, one twice, one that is not there. */
  TnWireEnd ends[] = { { join, 0, 0 }, { a, 0, 0 }, { join, 0, 2 }, { a, 0, 0 }, { b, 0, 7 } };
  TnEditArgs args = { .wires = ends, .n_wires = G_N_ELEMENTS (ends) };

  fixture_connect (document, in, a, 0, NULL);
  fixture_connect (document, in, b, 0, NULL);
  fixture_connect (document, a, join, 0, NULL);
  fixture_connect (document, b, join, 1, NULL);
  fixture_connect (document, in, join, 2, NULL);
  g_assert_true (apply (document, &tn_edit_cut_wires, args, NULL));
  g_assert_cmpuint (fixture_source (document, a, 0), ==, TN_NODE_NONE);
  g_assert_cmpuint (fixture_source (document, b, 0), ==, in);
  g_assert_cmpuint (tn_node_n_inputs (fixture_node (document, join), 0), ==, 1);
  g_assert_cmpuint (fixture_source (document, join, 0), ==, b);
  tn_document_undo (document);
  g_assert_cmpuint (fixture_source (document, join, 2), ==, in);
  args.wires = ends + 4;
  args.n_wires = 1;
  g_assert_false (apply (document, &tn_edit_cut_wires, args, "stale"));
}

static void
test_merge (void)
{
  Column column = column_new ("InputLayer Dense Dense");
  TnDocument *document = column.document;
  TnNodeId *ids = column.ids, other = fixture_add (document, "InputLayer", 300, 0), created = 0;
  TnEditArgs args = { .schema = &tn_layer_find ("Add")->schema,
                      .ref = { .node = other },
                      .node = ids[2],
                      .created = &created };

  g_assert_true (apply (document, &tn_edit_merge, args, NULL));
  g_assert_cmpuint (fixture_source (document, ids[2], 0), ==, created);
  g_assert_cmpuint (fixture_source (document, created, 0), ==, ids[1]);
  g_assert_cmpuint (fixture_source (document, created, 1), ==, other);
  /* With room for it. */
  g_assert_cmpfloat (tn_node_y (fixture_node (document, created)), >=,
                     tn_node_y (fixture_node (document, ids[1])) + 100);
  g_assert_cmpfloat (tn_node_y (fixture_node (document, ids[2])), >=,
                     tn_node_y (fixture_node (document, created)) + 100);
  tn_document_undo (document);
  /* What comes from below cannot be joined to it. */
  args.ref.node = ids[2];
  g_assert_false (apply (document, &tn_edit_merge, args, "cycle"));
  args.node = other;
  g_assert_false (apply (document, &tn_edit_merge, args, "stale"));
  g_object_unref (document);
}

static void
test_chain (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId ids[]
      = { fixture_add (document, "InputLayer", 0, 0), fixture_add (document, "Dense", 0, 110),
          fixture_add (document, "Add", 0, 220) };
  TnEditArgs args = { .nodes = ids, .n_nodes = 3 };

  g_assert_true (apply (document, &tn_edit_chain, args, NULL));
  g_assert_cmpuint (fixture_source (document, ids[1], 0), ==, ids[0]);
  g_assert_cmpuint (fixture_source (document, ids[2], 0), ==, ids[1]);
  args.nodes = (TnNodeId[]){ ids[0], ids[2] };
  args.n_nodes = 2;
  g_assert_true (apply (document, &tn_edit_chain, args, NULL));
  g_assert_cmpuint (fixture_source (document, ids[2], 1), ==, ids[0]);
  check_label (document, "Undo Connect input_layer → add");
  args.nodes = (TnNodeId[]){ ids[2], ids[1] };
  g_assert_false (apply (document, &tn_edit_chain, args, "cycle"));
  args.n_nodes = 1;
  g_assert_false (apply (document, &tn_edit_chain, args, "wire"));
}

/* ---- out of the flow ---- */

static void
test_remove_healing (void)
{
  Column column = column_new ("InputLayer Dense Dropout ReLU Dense Dense");
  TnDocument *document = column.document;
  TnNodeId *ids = column.ids;
  TnEditArgs args = { .nodes = ids + 2, .n_nodes = 2 };

  /* Neighbours, and one farther down, in one go. */
  g_assert_true (apply (document, &tn_edit_remove_healing, args, NULL));
  g_assert_cmpuint (tn_graph_size (tn_document_graph (document)), ==, 4);
  g_assert_cmpuint (fixture_source (document, ids[4], 0), ==, ids[1]);
  check_label (document, "Undo Delete 2 layers and Reconnect");
  tn_document_undo (document);
  args.nodes = (TnNodeId[]){ ids[4], ids[2] };
  g_assert_true (apply (document, &tn_edit_remove_healing, args, NULL));
  g_assert_cmpuint (fixture_source (document, ids[3], 0), ==, ids[1]);
  g_assert_cmpuint (fixture_source (document, ids[5], 0), ==, ids[3]);
  tn_document_undo (document);
  /* Where nothing comes in, there is nothing to join. */
  args = (TnEditArgs){ .nodes = ids, .n_nodes = 1 };
  g_assert_true (apply (document, &tn_edit_remove_healing, args, NULL));
  g_assert_cmpuint (fixture_source (document, ids[1], 0), ==, TN_NODE_NONE);
  g_object_unref (document);
}

/* in → a → add ← in: without a, the sum is of in and in; without add, it cannot be told. */
static void
test_heal_merges (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId in = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId a = fixture_add (document, "Dense", 0, 110), add = fixture_add (document, "Add", 0, 220);
  TnNodeId end = fixture_add (document, "Dense", 0, 330);
  TnEditArgs args = { .nodes = &add, .n_nodes = 1 };

  fixture_connect (document, in, a, 0, NULL);
  fixture_connect (document, a, add, 0, NULL);
  fixture_connect (document, in, add, 1, NULL);
  fixture_connect (document, add, end, 0, NULL);
  g_assert_false (apply (document, &tn_edit_remove_healing, args, "wire"));
  g_assert_false (apply (document, &tn_edit_take_out, args, "wire"));
  g_assert_cmpuint (fixture_source (document, end, 0), ==, add);
  /* With the branch there is one way again. */
  args.nodes = (TnNodeId[]){ add, a };
  args.n_nodes = 2;
  g_assert_true (apply (document, &tn_edit_remove_healing, args, NULL));
  g_assert_cmpuint (fixture_source (document, end, 0), ==, in);
  tn_document_undo (document);
  args.nodes = &a;
  args.n_nodes = 1;
  g_assert_true (apply (document, &tn_edit_remove_healing, args, NULL));
  g_assert_cmpuint (fixture_source (document, add, 0), ==, in);
  g_assert_cmpuint (fixture_source (document, add, 1), ==, in);
}

static void
test_take_out (void)
{
  Column column = column_new ("InputLayer Dense Dropout ReLU Dense");
  TnDocument *document = column.document;
  TnNodeId *ids = column.ids;
  TnEditArgs args = { .nodes = ids + 2, .n_nodes = 2 };
  TnWireEnd wire = { .node = ids[1] };

  g_assert_true (apply (document, &tn_edit_take_out, args, NULL));
  g_assert_cmpuint (fixture_source (document, ids[4], 0), ==, ids[1]);
  g_assert_cmpuint (fixture_source (document, ids[2], 0), ==, TN_NODE_NONE);
  g_assert_cmpuint (fixture_source (document, ids[3], 0), ==, ids[2]);
  check_label (document, "Undo Take Out 2 layers");

  /* And both into another wire, as they are. */
  args.wires = &wire;
  args.n_wires = 1;
  args.x = 4;
  g_assert_true (apply (document, &tn_edit_splice, args, NULL));
  g_assert_cmpuint (fixture_source (document, ids[2], 0), ==, ids[0]);
  g_assert_cmpuint (fixture_source (document, ids[3], 0), ==, ids[2]);
  g_assert_cmpuint (fixture_source (document, ids[1], 0), ==, ids[3]);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, ids[3])), ==, 4);
  tn_document_undo (document);

  /* Not while they are wired to others. */
  args.nodes = ids + 3;
  wire.node = ids[1];
  g_assert_false (apply (document, &tn_edit_splice, args, "wire"));
  args.nodes = ids + 2;
  wire.node = ids[2];
  g_assert_false (apply (document, &tn_edit_splice, args, "stale"));

  args = (TnEditArgs){ .nodes = ids + 1, .n_nodes = 1 };
  g_assert_true (apply (document, &tn_edit_detach, args, NULL));
  g_assert_cmpuint (fixture_source (document, ids[1], 0), ==, TN_NODE_NONE);
  g_assert_cmpuint (fixture_source (document, ids[4], 0), ==, TN_NODE_NONE);
  g_object_unref (document);
}

/* Two loose ends: which of them goes on cannot be told. */
static void
test_splice_refused (void)
{
  Column column = column_new ("InputLayer Dense");
  TnDocument *document = column.document;
  TnNodeId loose[]
      = { fixture_add (document, "ReLU", 300, 0), fixture_add (document, "ReLU", 300, 110) };
  TnWireEnd wire = { .node = column.ids[1] };
  TnEditArgs args = { .nodes = loose, .n_nodes = 2, .wires = &wire, .n_wires = 1 };

  g_assert_false (apply (document, &tn_edit_splice, args, "wire"));
  g_assert_cmpuint (fixture_source (document, column.ids[1], 0), ==, column.ids[0]);
  g_object_unref (document);
}

static void
test_phrases (void)
{
  const TnEdit *const edits[] = { &tn_edit_rewire, &tn_edit_swap_inputs,    &tn_edit_cut_wires,
                                  &tn_edit_merge,  &tn_edit_remove_healing, &tn_edit_take_out,
                                  &tn_edit_detach, &tn_edit_splice,         &tn_edit_chain };
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_assert_true (g_hash_table_add (names, (gpointer)edits[i]->name));
      g_assert_true (g_str_has_prefix (edits[i]->undo, "Undo "));
      g_assert_true (g_str_has_suffix (edits[i]->undo, edits[i]->label)
                     || edits[i] == &tn_edit_fix);
      g_assert_true (g_str_has_prefix (edits[i]->redo, "Redo "));
      g_assert_nonnull (strstr (edits[i]->undo, "%s"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wires/rewire", test_rewire);
  g_test_add_func ("/wires/rewire-exact", test_rewire_exact);
  g_test_add_func ("/wires/cut", test_cut);
  g_test_add_func ("/wires/merge", test_merge);
  g_test_add_func ("/wires/chain", test_chain);
  g_test_add_func ("/wires/remove-healing", test_remove_healing);
  g_test_add_func ("/wires/heal-merges", test_heal_merges);
  g_test_add_func ("/wires/take-out", test_take_out);
  g_test_add_func ("/wires/splice-refused", test_splice_refused);
  g_test_add_func ("/wires/phrases", test_phrases);
  return g_test_run ();
}
