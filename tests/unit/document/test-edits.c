/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edits one by one: what each does to wires, places and names. */
#include "document-fixture.h"
#include "graph/tn-silence.h"

static TnNodeId
add_on_wire (TnDocument *document, const char *type, TnNodeId to, double x, double y)
{
  TnNodeId created = TN_NODE_NONE;
  TnEditArgs args = {
    .schema = &tn_layer_find (type)->schema, .node = to, .x = x, .y = y, .created = &created
  };

  g_assert_true (tn_document_apply (document, &tn_edit_add_on_wire, &args, NULL));
  return created;
}

static double
y_of (TnDocument *document, TnNodeId id)
{
  return tn_node_y (fixture_node (document, id));
}

static void
test_add_wired (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId input = fixture_add (document, "InputLayer", 0, 0), dense, other;
  TnEditArgs args = { .schema = &tn_layer_find ("Dense")->schema, .ref = { .node = input } };

  args.created = &dense;
  g_assert_true (tn_document_apply (document, &tn_edit_add, &args, NULL));
  g_assert_cmpuint (fixture_source (document, dense, 0), ==, input);
  /* A layer that takes no input is added all the same. */
  args.schema = &tn_layer_find ("InputLayer")->schema;
  args.created = &other;
  g_assert_true (tn_document_apply (document, &tn_edit_add, &args, NULL));
  g_assert_cmpuint (tn_node_n_inputs (fixture_node (document, other), 0), ==, 0);
}

/* In a model that flows to the right, what is behind moves to the right. */
static void
test_add_rightward (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId a = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId b = fixture_add (document, "Dense", 380, 0);
  TnNodeId aside = fixture_add (document, "Dense", 380, 200);
  g_autoptr (TnDraft) draft = tn_draft_new (tn_document_graph (document));
  g_autoptr (TnGraph) turned = NULL;
  TnNodeId new;

  fixture_connect (document, a, b, 0, NULL);
  tn_draft_set_direction (draft, TN_DIRECTION_RIGHT);
  turned = tn_draft_finish (draft);
  g_assert_true (
      tn_document_apply (document, &tn_edit_arrange, &(TnEditArgs){ .graph = turned }, NULL));
  new = add_on_wire (document, "Dropout", b, 190, 0);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, new)), >=, 380);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, b)), >=,
                     tn_node_x (fixture_node (document, new)) + 380);
  g_assert_cmpfloat (y_of (document, b), ==, 0);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, aside)), ==, 380);
}

static void
test_add_on_wire (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId a = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId b = fixture_add (document, "Dense", 0, 110);
  TnNodeId c = fixture_add (document, "Dense", 0, 220);
  TnNodeId aside = fixture_add (document, "Dense", 900, 220);
  TnNodeId new;
  TnEditArgs gone = { .schema = &tn_layer_find ("Dense")->schema, .node = a };
  g_autoptr (TnReport) report = tn_report_new ();

  fixture_connect (document, a, b, 0, NULL);
  fixture_connect (document, b, c, 0, NULL);
  new = add_on_wire (document, "Dropout", b, 0, 55);
  g_assert_cmpuint (fixture_source (document, new, 0), ==, a);
  g_assert_cmpuint (fixture_source (document, b, 0), ==, new);
  /* Everything below has moved down, nothing else. */
  g_assert_cmpfloat (y_of (document, a), ==, 0);
  g_assert_cmpfloat (y_of (document, new), >=, 108);
  g_assert_cmpfloat (y_of (document, b) - y_of (document, new), >=, 108);
  g_assert_cmpfloat (y_of (document, c) - y_of (document, b), >=, 108);
  g_assert_cmpfloat (y_of (document, aside), ==, 220);
  tn_document_undo (document);
  g_assert_cmpfloat (y_of (document, b), ==, 110);
  g_assert_cmpuint (fixture_source (document, b, 0), ==, a);

  /* No wire ends at an input layer. */
  g_assert_false (tn_document_apply (document, &tn_edit_add_on_wire, &gone, report));
  g_assert_cmpuint (tn_report_size (report), ==, 1);
  gone = (TnEditArgs){ .schema = &tn_layer_find ("InputLayer")->schema, .node = b };
  g_assert_false (tn_document_apply (document, &tn_edit_add_on_wire, &gone, report));
  g_assert_cmpstr (tn_report_issue (report, 1)->code, ==, "wire");
}

static void
test_room_is_left (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId a = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId b = fixture_add (document, "Dense", 0, 300);
  TnNodeId new;

  fixture_connect (document, a, b, 0, NULL);
  new = add_on_wire (document, "Dropout", b, 4, 150);
  g_assert_cmpfloat (y_of (document, new), ==, 150);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, new)), ==, 4);
  g_assert_cmpfloat (y_of (document, b), ==, 300);
}

static void
test_splice (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId a = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId b = fixture_add (document, "Dense", 0, 110);
  TnNodeId loose = fixture_add (document, "Dropout", 500, 0);
  TnWireEnd wire = { .node = b };
  TnEditArgs args
      = { .nodes = &loose, .n_nodes = 1, .wires = &wire, .n_wires = 1, .x = -500, .y = 55 };

  fixture_connect (document, a, b, 0, NULL);
  g_assert_true (tn_document_apply (document, &tn_edit_splice, &args, NULL));
  g_assert_cmpuint (fixture_source (document, loose, 0), ==, a);
  g_assert_cmpuint (fixture_source (document, b, 0), ==, loose);
  g_assert_cmpfloat (y_of (document, b) - y_of (document, loose), >=, 108);
  tn_document_undo (document);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, loose)), ==, 500);
}

static void
test_connect_replaces (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId a = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId b = fixture_add (document, "InputLayer", 200, 0);
  TnNodeId dense = fixture_add (document, "Dense", 0, 110);
  g_autofree char *label = NULL;
  TnEditArgs args = { .node = dense };

  g_assert_true (fixture_connect (document, a, dense, 0, NULL));
  g_assert_true (fixture_connect (document, b, dense, 0, NULL));
  g_assert_cmpuint (fixture_source (document, dense, 0), ==, b);
  label = tn_document_undo_label (document);
  g_assert_cmpstr (label, ==, "Undo Connect input_layer_1 → dense");
  g_assert_true (tn_document_apply (document, &tn_edit_disconnect, &args, NULL));
  g_assert_cmpuint (fixture_source (document, dense, 0), ==, TN_NODE_NONE);
  g_assert_false (tn_document_apply (document, &tn_edit_disconnect, &args, NULL));
}

static void
test_duplicate (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId a = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId b = fixture_add (document, "Dense", 0, 110);
  TnNodeId c = fixture_add (document, "Dense", 200, 110);
  TnNodeId join = fixture_add (document, "Concatenate", 0, 220);
  TnNodeId nodes[] = { join, c, b }, first = TN_NODE_NONE;
  TnEditArgs args = { .nodes = nodes, .n_nodes = 3, .x = 30, .y = 40, .created = &first };
  const GArray *copies;
  TnNodeId copy_b, copy_c, copy_join;
  g_autofree char *label = NULL;

  fixture_connect (document, a, b, 0, NULL);
  fixture_connect (document, a, c, 0, NULL);
  fixture_connect (document, c, join, 0, NULL);
  fixture_connect (document, b, join, 1, NULL);
  fixture_connect (document, a, join, 2, NULL);
  g_assert_true (tn_document_apply (document, &tn_edit_duplicate, &args, NULL));
  label = tn_document_undo_label (document);
  g_assert_cmpstr (label, ==, "Undo Duplicate 3 layers");

  copies = tn_document_selection (document);
  g_assert_cmpuint (copies->len, ==, 3);
  copy_b = g_array_index (copies, TnNodeId, 0);
  copy_c = g_array_index (copies, TnNodeId, 1);
  copy_join = g_array_index (copies, TnNodeId, 2);
  g_assert_cmpuint (first, ==, copy_b);
  g_assert_cmpstr (tn_node_name (fixture_node (document, copy_b)), ==, "dense_2");
  g_assert_cmpstr (tn_node_name (fixture_node (document, copy_c)), ==, "dense_3");
  g_assert_cmpfloat (tn_node_x (fixture_node (document, copy_b)), ==, 30);
  g_assert_cmpfloat (y_of (document, copy_b), ==, 150);
  /* Wires among the copies, in their order; none to what was not copied. */
  g_assert_cmpuint (fixture_source (document, copy_b, 0), ==, TN_NODE_NONE);
  g_assert_cmpuint (tn_node_n_inputs (fixture_node (document, copy_join), 0), ==, 2);
  g_assert_cmpuint (fixture_source (document, copy_join, 0), ==, copy_c);
  g_assert_cmpuint (fixture_source (document, copy_join, 1), ==, copy_b);
}

static void
test_set (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  g_autoptr (TnReport) report = tn_report_new ();
  TnNodeId dense = fixture_add (document, "Dense", 0, 0);
  int units = tn_schema_param (&tn_layer_find ("Dense")->schema, "units");
  g_autoptr (TnValue) good = tn_value_new_int (7), bad = tn_value_new_int (-7);
  TnEditArgs args = { .node = dense, .param = (guint)units, .value = good };
  g_autofree char *label = NULL;

  g_assert_true (tn_document_apply (document, &tn_edit_set, &args, report));
  g_assert_cmpint (tn_node_int (fixture_node (document, dense), (guint)units), ==, 7);
  label = tn_document_undo_label (document);
  g_assert_cmpstr (label, ==, "Undo Change units of dense");
  args.value = bad;
  g_assert_false (tn_document_apply (document, &tn_edit_set, &args, report));
  g_assert_cmpstr (tn_report_issue (report, 0)->code, ==, "param");
  g_assert_cmpint (tn_node_int (fixture_node (document, dense), (guint)units), ==, 7);
}

static void
test_pin_and_trainable (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId dense = fixture_add (document, "Dense", 0, 0);
  TnShape pin = tn_shape_new ((gint64[]){ TN_DIM_UNKNOWN, 256 }, 2), read;
  g_autoptr (TnValue) no = tn_value_new_bool (FALSE);
  TnEditArgs args = { .node = dense, .shape = &pin, .value = no };

  g_assert_true (tn_document_apply (document, &tn_edit_pin, &args, NULL));
  g_assert_true (tn_node_pin (fixture_node (document, dense), &read));
  g_assert_true (tn_shape_identical (&pin, &read));
  g_assert_true (tn_document_apply (document, &tn_edit_trainable, &args, NULL));
  g_assert_false (tn_node_is_trainable (fixture_node (document, dense)));
  args.shape = NULL;
  g_assert_true (tn_document_apply (document, &tn_edit_pin, &args, NULL));
  g_assert_false (tn_node_pin (fixture_node (document, dense), &read));
}

static void
test_model (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  g_autoptr (TnReport) report = tn_report_new ();
  TnEditArgs args = { .text = "  lenet ", .dense_inputs = TN_DENSE_ANY };

  g_assert_true (tn_document_apply (document, &tn_edit_rename_model, &args, report));
  g_assert_cmpstr (tn_graph_name (tn_document_graph (document)), ==, "lenet");
  g_assert_true (tn_document_apply (document, &tn_edit_dense_inputs, &args, report));
  g_assert_cmpint (tn_graph_dense_inputs (tn_document_graph (document)), ==, TN_DENSE_ANY);
  args.text = " ";
  g_assert_false (tn_document_apply (document, &tn_edit_rename_model, &args, report));
  g_assert_cmpstr (tn_report_issue (report, 0)->code, ==, "name");
}

static void
test_arrange (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId a = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId b = fixture_add (document, "Dense", 7, 7);
  g_autoptr (TnDraft) draft = tn_draft_new (tn_document_graph (document));
  g_autoptr (TnGraph) arranged = NULL;
  TnEditArgs args = { 0 };
  guint steps = 0;

  tn_draft_move (draft, a, 1, 2);
  tn_draft_move (draft, b, 3, 4);
  tn_draft_set_direction (draft, TN_DIRECTION_RIGHT);
  args.graph = arranged = tn_draft_finish (draft);
  /* Deleted while the layout was found: the rest is arranged. */
  g_assert_true (tn_document_apply (document, &tn_edit_remove,
                                    &(TnEditArgs){ .nodes = &a, .n_nodes = 1 }, NULL));
  g_assert_true (tn_document_apply (document, &tn_edit_arrange, &args, NULL));
  g_assert_cmpfloat (tn_node_x (fixture_node (document, b)), ==, 3);
  g_assert_cmpint (tn_graph_direction (tn_document_graph (document)), ==, TN_DIRECTION_RIGHT);
  tn_document_undo (document);
  g_assert_cmpint (tn_graph_direction (tn_document_graph (document)), ==, TN_DIRECTION_DOWN);
  tn_document_redo (document);
  for (; tn_document_can_undo (document); steps++)
    tn_document_undo (document);
  g_assert_cmpuint (steps, ==, 4);
}

static void
test_fix (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  g_autoptr (TnReport) report = tn_report_new ();
  TnNodeId a = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId b = fixture_add (document, "Dense", 0, 110);
  g_autoptr (TnGraph) base = NULL;
  g_autoptr (TnGraph) fixed = NULL;
  g_autoptr (TnDraft) draft = NULL;
  g_autofree char *label = NULL;
  TnEditArgs args = { .text = "Insert Flatten before dense" };
  TnNodeId flatten;

  fixture_connect (document, a, b, 0, NULL);
  base = tn_graph_ref (tn_document_graph (document));
  draft = tn_draft_new (base);
  flatten = tn_draft_insert (draft, &tn_layer_find ("Flatten")->schema, b, 0, 0, NULL);
  fixed = tn_draft_finish (draft);

  /* Both ends are dragged away while the repair is looked at. */
  fixture_move (document, a, 400, 10, 0);
  fixture_move (document, b, 400, 20, 0);
  args.base = base;
  args.graph = fixed;
  g_assert_true (tn_document_apply (document, &tn_edit_fix, &args, report));
  label = tn_document_undo_label (document);
  g_assert_cmpstr (label, ==, "Undo “Insert Flatten before dense”");
  g_assert_cmpuint (fixture_source (document, b, 0), ==, flatten);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, a)), ==, 400);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, b)), ==, 400);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, flatten)), ==, 400);
  g_assert_cmpfloat (y_of (document, flatten) - y_of (document, a), >=, 108);
  g_assert_cmpfloat (y_of (document, b) - y_of (document, flatten), >=, 108);
  g_assert_true (tn_document_is_selected (document, flatten));
  tn_document_undo (document);
  g_assert_true (tn_graph_same_meaning (base, tn_document_graph (document)));

  /* The meaning has changed: the repair is for another model. */
  fixture_rename (document, b, "head", NULL);
  g_assert_cmpuint (tn_report_size (report), ==, 0);
  g_assert_false (tn_document_apply (document, &tn_edit_fix, &args, report));
  g_assert_cmpstr (tn_report_issue (report, 0)->code, ==, "stale");
}

static void
test_every_edit_has_phrases (void)
{
  const TnEdit *const edits[] = {
    &tn_edit_add,     &tn_edit_add_on_wire,  &tn_edit_splice,       &tn_edit_remove,
    &tn_edit_move,    &tn_edit_rename,       &tn_edit_set,          &tn_edit_trainable,
    &tn_edit_pin,     &tn_edit_connect,      &tn_edit_disconnect,   &tn_edit_duplicate,
    &tn_edit_arrange, &tn_edit_dense_inputs, &tn_edit_rename_model, &tn_edit_fix,
  };
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_assert_true (g_hash_table_add (names, (gpointer)edits[i]->name));
      g_assert_true (g_str_has_prefix (edits[i]->undo, "Undo "));
      g_assert_true (g_str_has_suffix (edits[i]->undo, edits[i]->label)
                     || edits[i] == &tn_edit_fix);
      g_assert_true (g_str_has_prefix (edits[i]->redo, "Redo "));
    }
}

static void
test_silence (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId id = fixture_add (document, "Dense", 0, 0);
  TnEditArgs args = { .node = id, .text = "dense-rank" };
  g_autoptr (TnReport) report = tn_report_new ();
  g_autofree char *label = NULL;

  g_assert_true (tn_document_apply (document, &tn_edit_silence, &args, NULL));
  g_assert_true (tn_node_is_silenced (fixture_node (document, id), "dense-rank"));
  label = tn_document_undo_label (document);
  g_assert_cmpstr (label, ==, "Undo Ignore Warning at dense");
  tn_document_undo (document);
  g_assert_false (tn_node_is_silenced (fixture_node (document, id), "dense-rank"));
  tn_document_redo (document);
  g_assert_true (tn_document_apply (document, &tn_edit_unsilence, &args, NULL));
  g_assert_false (tn_node_is_silenced (fixture_node (document, id), "dense-rank"));
  args.node = id + 1;
  g_assert_false (tn_document_apply (document, &tn_edit_silence, &args, report));
  g_assert_cmpstr (tn_report_issue (report, 0)->code, ==, "stale");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edits/add-wired", test_add_wired);
  g_test_add_func ("/edits/add-on-wire", test_add_on_wire);
  g_test_add_func ("/edits/add-rightward", test_add_rightward);
  g_test_add_func ("/edits/room-is-left", test_room_is_left);
  g_test_add_func ("/edits/splice", test_splice);
  g_test_add_func ("/edits/connect-replaces", test_connect_replaces);
  g_test_add_func ("/edits/duplicate", test_duplicate);
  g_test_add_func ("/edits/set", test_set);
  g_test_add_func ("/edits/pin-and-trainable", test_pin_and_trainable);
  g_test_add_func ("/edits/model", test_model);
  g_test_add_func ("/edits/arrange", test_arrange);
  g_test_add_func ("/edits/fix", test_fix);
  g_test_add_func ("/edits/phrases", test_every_edit_has_phrases);
  g_test_add_func ("/document/edits/silence", test_silence);
  return g_test_run ();
}
