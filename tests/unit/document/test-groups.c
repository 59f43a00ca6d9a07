/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edits about groups: what they do to names, wires and places, and that they can be undone. */
#include "document-fixture.h"

#include "infer/tn-facts.h"
#include "scene/tn-scene.h"

static TnGraph *
read_file (const char *name)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "tests", "golden", "files", name, NULL);
  g_autoptr (GError) error = NULL;
  TnGraph *graph = tn_format_read (path, NULL, &error);

  g_assert_no_error (error);
  return graph;
}

static TnDocument *
open_file (const char *name)
{
  g_autoptr (TnGraph) graph = read_file (name);

  return tn_document_new_from_graph (graph, name);
}

static TnNodeId
id_of (TnDocument *document, const char *name)
{
  const TnNode *node = tn_graph_find_name (tn_document_graph (document), name);

  if (node == NULL)
    g_error ("no layer %s", name);
  return tn_node_id (node);
}

static gboolean
open_group (TnDocument *document, const char *name, gboolean open)
{
  g_autoptr (TnValue) value = tn_value_new_bool (open);

  return tn_document_apply (document, &tn_edit_open_group,
                            &(TnEditArgs){ .group = name, .value = value }, NULL);
}

static void
assert_no_errors (TnDocument *document)
{
  g_autoptr (TnFacts) facts = tn_infer (tn_document_graph (document), NULL, NULL);

  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    if (tn_facts_issue (facts, i)->severity == TN_SEVERITY_ERROR)
      g_error ("%s", tn_facts_issue (facts, i)->message);
}

/* Frames and boxes of different groups must not lie over one another. */
static void
assert_apart (TnDocument *document, const char *name)
{
  const TnGraph *graph = tn_document_graph (document);
  g_autoptr (TnScene) scene = tn_scene_new (graph, NULL, &(TnSceneOptions){ TN_THEME_LIGHT });
  const TnGroup *group = tn_graph_find_group (graph, name);
  TnRect frame, box;

  g_assert_true (tn_scene_group_box (scene, group, &frame));
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_group_holds (group, tn_node_name (node))
          || !tn_scene_node_box (scene, tn_node_id (node), &box))
        continue;
      if (tn_rect_intersects (frame, box))
        g_error ("%s lies over %s", name, tn_node_name (node));
    }
}

static void
changed_cb (TnDocument *document, guint change, guint *all)
{
  *all |= change;
}

static void
test_open_close (void)
{
  g_autoptr (TnDocument) document = open_file ("siamese.json");
  g_autoptr (TnGraph) before = tn_graph_ref (tn_document_graph (document));
  guint changes = 0;
  double out_y = tn_node_y (fixture_node (document, id_of (document, "out")));

  assert_apart (document, "encoder");
  g_signal_connect (document, "changed", G_CALLBACK (changed_cb), &changes);
  g_assert_true (open_group (document, "encoder", FALSE));
  g_assert_true (tn_document_can_undo (document));
  /* It means the same: nothing is to be worked out again. */
  g_assert_cmpuint (changes & TN_CHANGE_GRAPH, ==, 0);
  g_assert_cmpuint (changes & TN_CHANGE_POSITIONS, !=, 0);
  g_assert_cmpfloat (tn_node_y (fixture_node (document, id_of (document, "out"))), <, out_y - 300);
  assert_apart (document, "encoder");
  g_assert_true (open_group (document, "encoder", TRUE));
  g_assert_cmpfloat (tn_node_y (fixture_node (document, id_of (document, "out"))), ==, out_y);
  assert_apart (document, "encoder");
  g_assert_true (open_group (document, "encoder/head", FALSE));
  g_assert_cmpfloat (tn_node_y (fixture_node (document, id_of (document, "out"))), <, out_y - 100);
  assert_apart (document, "encoder");
  tn_document_undo (document);
  tn_document_undo (document);
  tn_document_undo (document);
  g_assert_true (tn_document_graph (document) == before);
  g_assert_false (open_group (document, "nobody", TRUE));
}

static void
test_selection (void)
{
  g_autoptr (TnDocument) document = open_file ("siamese.json");
  TnNodeId c1 = id_of (document, "encoder/c1");

  tn_document_select_one (document, c1, FALSE);
  g_assert_cmpuint (tn_document_selection (document)->len, ==, 1);
  g_assert_null (tn_document_selected_group (document));
  g_assert_true (open_group (document, "encoder", FALSE));
  tn_document_select_one (document, c1, FALSE);
  g_assert_cmpuint (tn_document_selection (document)->len, ==, 6);
  g_assert_cmpstr (tn_group_name (tn_document_selected_group (document)), ==, "encoder");
  tn_document_select_one (document, id_of (document, "sub"), TRUE);
  g_assert_cmpuint (tn_document_selection (document)->len, ==, 7);
  tn_document_select_one (document, id_of (document, "encoder/head/r"), TRUE);
  g_assert_cmpuint (tn_document_selection (document)->len, ==, 1);
  /* What is hidden comes to light. */
  tn_document_uncover (document, c1);
  g_assert_true (tn_group_is_open (tn_graph_find_group (tn_document_graph (document), "encoder")));
}

/* input → dense → dense_1 → dense_2 */
static TnDocument *
chain (TnNodeId ids[4])
{
  TnDocument *document = tn_document_new ();

  for (guint i = 0; i < 4; i++)
    {
      ids[i] = fixture_add (document, i == 0 ? "InputLayer" : "Dense", 0, 110 * i);
      if (i > 0)
        fixture_connect (document, ids[i - 1], ids[i], 0, NULL);
    }
  return document;
}

static void
test_group (void)
{
  TnNodeId ids[4];
  g_autoptr (TnDocument) document = chain (ids);
  g_autoptr (TnGraph) before = tn_graph_ref (tn_document_graph (document));
  const TnGroup *group;

  g_assert_true (tn_document_apply (document, &tn_edit_group,
                                    &(TnEditArgs){ .nodes = ids + 1, .n_nodes = 2 }, NULL));
  group = tn_graph_find_group (tn_document_graph (document), "group");
  g_assert_nonnull (group);
  g_assert_cmpstr (tn_node_name (fixture_node (document, ids[1])), ==, "group/dense");
  g_assert_cmpstr (tn_node_name (fixture_node (document, ids[2])), ==, "group/dense_1");
  g_assert_cmpstr (tn_node_name (fixture_node (document, ids[3])), ==, "dense_2");
  /* A layer in it is called by its own name. */
  g_assert_true (fixture_rename (document, ids[1], "first", NULL));
  g_assert_cmpstr (tn_node_name (fixture_node (document, ids[1])), ==, "group/first");
  tn_document_undo (document);
  group = tn_graph_find_group (tn_document_graph (document), "group");
  g_assert_cmpuint (fixture_source (document, ids[1], 0), ==, id_of (document, "group/input"));
  g_assert_cmpuint (fixture_source (document, id_of (document, "group/input"), 0), ==, ids[0]);
  g_assert_cmpuint (fixture_source (document, ids[3], 0), ==, ids[2]);
  g_assert_cmpuint (tn_graph_group_calls (tn_document_graph (document), group), ==, 1);
  assert_apart (document, "group");

  /* Another of that name gets a number; names that are taken are refused. */
  g_assert_true (tn_document_apply (document, &tn_edit_group,
                                    &(TnEditArgs){ .nodes = ids + 3, .n_nodes = 1 }, NULL));
  g_assert_nonnull (tn_graph_find_group (tn_document_graph (document), "group_1"));
  g_assert_false (tn_document_apply (document, &tn_edit_rename_group,
                                     &(TnEditArgs){ .group = "group_1", .text = "group" }, NULL));
  g_assert_true (tn_document_apply (document, &tn_edit_rename_group,
                                    &(TnEditArgs){ .group = "group_1", .text = "top" }, NULL));
  g_assert_cmpstr (tn_node_name (fixture_node (document, ids[3])), ==, "top/dense_2");
  tn_document_undo (document);
  tn_document_undo (document);

  g_assert_true (
      tn_document_apply (document, &tn_edit_ungroup, &(TnEditArgs){ .group = "group" }, NULL));
  g_assert_true (tn_graph_same_meaning (before, tn_document_graph (document)));
  tn_document_undo (document);
  tn_document_undo (document);
  g_assert_true (tn_document_graph (document) == before);
}

static void
test_refused (void)
{
  TnNodeId ids[4];
  g_autoptr (TnDocument) document = chain (ids);
  TnNodeId ends[2] = { ids[1], ids[3] };
  g_autoptr (TnReport) report = tn_report_new ();
  g_autoptr (TnDocument) nested = open_file ("siamese.json");
  TnNodeId parts[2] = { id_of (nested, "sub"), id_of (nested, "encoder/c1") };

  /* dense_1 stands between. */
  g_assert_false (tn_document_apply (document, &tn_edit_group,
                                     &(TnEditArgs){ .nodes = ends, .n_nodes = 2 }, report));
  g_assert_nonnull (strstr (tn_report_first (report), "dense_1"));
  g_assert_false (tn_document_apply (document, &tn_edit_group,
                                     &(TnEditArgs){ .nodes = ids, .n_nodes = 1 }, NULL));
  g_assert_false (tn_document_apply (nested, &tn_edit_group,
                                     &(TnEditArgs){ .nodes = parts, .n_nodes = 2 }, NULL));
}

/* A group in one that is called twice is called twice. */
static void
test_group_within (void)
{
  g_autoptr (TnDocument) document = open_file ("siamese.json");
  TnNodeId parts[2] = { id_of (document, "encoder/c1"), id_of (document, "encoder/f") };
  const TnGraph *graph;

  g_assert_true (tn_document_apply (document, &tn_edit_group,
                                    &(TnEditArgs){ .nodes = parts, .n_nodes = 2, .text = "body" },
                                    NULL));
  graph = tn_document_graph (document);
  g_assert_cmpuint (tn_graph_group_calls (graph, tn_graph_find_group (graph, "encoder")), ==, 2);
  g_assert_cmpuint (tn_graph_group_calls (graph, tn_graph_find_group (graph, "encoder/body")), ==,
                    2);
  assert_no_errors (document);
  assert_apart (document, "encoder");
  g_assert_true (
      tn_document_apply (document, &tn_edit_ungroup, &(TnEditArgs){ .group = "encoder" }, NULL));
  graph = tn_document_graph (document);
  g_assert_nonnull (tn_graph_find_group (graph, "body"));
  g_assert_nonnull (tn_graph_find_group (graph, "head"));
  g_assert_null (tn_graph_find_group (graph, "encoder"));
  assert_no_errors (document);
  g_assert_true (
      tn_document_apply (document, &tn_edit_ungroup, &(TnEditArgs){ .group = "body" }, NULL));
  g_assert_nonnull (tn_graph_find_name (tn_document_graph (document), "c1"));
  assert_no_errors (document);
}

/* Layers that are put into a wire within stand there in every call. */
static void
test_insert_within (void)
{
  g_autoptr (TnDocument) document = open_file ("siamese.json");
  TnNodeId created = TN_NODE_NONE;
  const TnGraph *graph;

  g_assert_true (tn_document_apply (document, &tn_edit_add_on_wire,
                                    &(TnEditArgs){ .schema = &tn_layer_find ("Dropout")->schema,
                                                   .node = id_of (document, "encoder/f"),
                                                   .created = &created },
                                    NULL));
  graph = tn_document_graph (document);
  g_assert_cmpstr (tn_node_name (fixture_node (document, created)), ==, "encoder/dropout");
  g_assert_cmpuint (tn_node_n_calls (fixture_node (document, created)), ==, 2);
  g_assert_cmpuint (tn_graph_group_calls (graph, tn_graph_find_group (graph, "encoder")), ==, 2);
}

static void
test_duplicate_and_remove (void)
{
  g_autoptr (TnDocument) document = open_file ("siamese.json");
  const TnGraph *graph = tn_document_graph (document);
  g_autoptr (GArray) nodes = NULL;
  const TnGroup *copy;
  guint size = tn_graph_size (graph);

  tn_document_select_group (document, tn_graph_find_group (graph, "encoder"));
  nodes = g_array_copy ((GArray *)tn_document_selection (document));
  g_assert_true (tn_document_apply (
      document, &tn_edit_duplicate,
      &(TnEditArgs){ .nodes = (TnNodeId *)(gpointer)nodes->data, .n_nodes = nodes->len, .x = 400 },
      NULL));
  graph = tn_document_graph (document);
  g_assert_cmpuint (tn_graph_size (graph), ==, size + 6);
  copy = tn_graph_find_group (graph, "encoder_1");
  g_assert_nonnull (copy);
  g_assert_nonnull (tn_graph_find_group (graph, "encoder_1/head"));
  g_assert_nonnull (tn_graph_find_name (graph, "encoder_1/head/d"));
  g_assert_true (tn_document_selected_group (document) == copy);

  nodes = (g_array_unref (nodes), g_array_copy ((GArray *)tn_document_selection (document)));
  g_assert_true (tn_document_apply (
      document, &tn_edit_remove,
      &(TnEditArgs){ .nodes = (TnNodeId *)(gpointer)nodes->data, .n_nodes = nodes->len }, NULL));
  g_assert_null (tn_graph_find_group (tn_document_graph (document), "encoder_1"));
  g_assert_cmpuint (tn_graph_size (tn_document_graph (document)), ==, size);
  /* A group of which only its input is left is none. */
  nodes = (g_array_unref (nodes), g_array_new (FALSE, FALSE, sizeof (TnNodeId)));
  for (guint i = 0; i < 2; i++)
    {
      TnNodeId id = id_of (document, i == 0 ? "encoder/head/d" : "encoder/head/r");
      g_array_append_val (nodes, id);
    }
  g_assert_true (tn_document_apply (
      document, &tn_edit_remove,
      &(TnEditArgs){ .nodes = (TnNodeId *)(gpointer)nodes->data, .n_nodes = nodes->len }, NULL));
  g_assert_null (tn_graph_find_group (tn_document_graph (document), "encoder/head"));
}

static void
test_insert_model (void)
{
  TnNodeId ids[4], created = TN_NODE_NONE;
  g_autoptr (TnDocument) document = chain (ids);
  g_autoptr (TnGraph) model = read_file ("transfer.json");
  TnEditArgs args = { .graph = model, .text = "second", .x = 0, .y = 900, .created = &created };
  const TnGraph *graph;

  g_assert_true (tn_document_apply (document, &tn_edit_insert_model, &args, NULL));
  graph = tn_document_graph (document);
  g_assert_cmpstr (tn_node_name (fixture_node (document, created)), ==, "second/input_layer");
  g_assert_cmpuint (fixture_source (document, created, 0), ==, ids[3]);
  g_assert_nonnull (tn_graph_find_group (graph, "second/encoder/head"));
  g_assert_nonnull (tn_graph_find_name (graph, "second/encoder/head/d"));
  g_assert_cmpuint (tn_graph_group_calls (graph, tn_graph_find_group (graph, "second")), ==, 1);
  /* Ids that were there stay. */
  g_assert_cmpstr (tn_node_name (fixture_node (document, ids[3])), ==, "dense_2");
  tn_document_undo (document);
  g_assert_null (tn_graph_find_group (tn_document_graph (document), "second"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/groups/open-close", test_open_close);
  g_test_add_func ("/groups/selection", test_selection);
  g_test_add_func ("/groups/group", test_group);
  g_test_add_func ("/groups/refused", test_refused);
  g_test_add_func ("/groups/group-within", test_group_within);
  g_test_add_func ("/groups/insert-within", test_insert_within);
  g_test_add_func ("/groups/duplicate-and-remove", test_duplicate_and_remove);
  g_test_add_func ("/groups/insert-model", test_insert_model);
  return g_test_run ();
}
