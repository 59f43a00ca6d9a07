/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document: history, merging, selection, and the file it is saved in. */
#include <glib/gstdio.h>

#include "base/tn-error.h"
#include "document-fixture.h"
#include "document/tn-history.h"

typedef struct
{
  guint changes;
  guint last;
  guint notifies;
} Seen;

static void
changed_cb (TnDocument *document, guint change, Seen *seen)
{
  seen->changes++;
  seen->last = change;
}

static void
notify_cb (TnDocument *document, GParamSpec *pspec, Seen *seen)
{
  seen->notifies++;
}

static void
test_new (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();

  g_assert_cmpuint (tn_graph_size (tn_document_graph (document)), ==, 0);
  g_assert_cmpstr (tn_document_title (document), ==, "Untitled");
  g_assert_null (tn_document_path (document));
  g_assert_false (tn_document_is_modified (document));
  g_assert_false (tn_document_can_undo (document));
  g_assert_false (tn_document_can_redo (document));
  g_assert_null (tn_document_undo_label (document));
  g_assert_null (tn_document_redo_label (document));
  /* Nothing to undo is no reason to fall over. */
  tn_document_undo (document);
  tn_document_redo (document);
}

static void
test_undo (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  g_autofree char *undo = NULL;
  g_autofree char *redo = NULL;
  Seen seen = { 0 };
  TnNodeId dense;
  guint64 generation;

  g_signal_connect (document, "changed", G_CALLBACK (changed_cb), &seen);
  g_signal_connect (document, "notify::can-undo", G_CALLBACK (notify_cb), &seen);
  dense = fixture_add (document, "Dense", 10, 20);
  g_assert_cmpuint (seen.changes, ==, 1);
  g_assert_cmpuint (seen.notifies, ==, 1);
  g_assert_true (seen.last & TN_CHANGE_GRAPH);
  g_assert_true (seen.last & TN_CHANGE_SELECTION);
  g_assert_true (tn_document_is_selected (document, dense));
  g_assert_true (tn_document_is_modified (document));
  undo = tn_document_undo_label (document);
  g_assert_cmpstr (undo, ==, "Undo Add dense");

  generation = tn_document_generation (document);
  tn_document_undo (document);
  g_assert_cmpuint (tn_document_generation (document), >, generation);
  g_assert_cmpuint (tn_graph_size (tn_document_graph (document)), ==, 0);
  g_assert_cmpuint (tn_document_selection (document)->len, ==, 0);
  g_assert_false (tn_document_is_modified (document));
  redo = tn_document_redo_label (document);
  g_assert_cmpstr (redo, ==, "Redo Add dense");

  generation = tn_document_generation (document);
  tn_document_redo (document);
  g_assert_cmpuint (tn_document_generation (document), >, generation);
  g_assert_true (tn_document_is_selected (document, dense));
  g_assert_true (tn_document_is_modified (document));
  g_assert_cmpuint (seen.notifies, ==, 3);
}

static void
test_unchanged (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId dense = fixture_add (document, "Dense", 0, 0);
  Seen seen = { 0 };
  guint64 generation;

  tn_document_undo (document);
  tn_document_redo (document);
  fixture_move (document, dense, 5, 5, 0);
  tn_document_undo (document);
  generation = tn_document_generation (document);
  g_signal_connect (document, "changed", G_CALLBACK (changed_cb), &seen);
  g_assert_true (fixture_move (document, dense, 0, 0, 0));
  g_assert_true (fixture_rename (document, dense, " dense ", NULL));
  g_assert_cmpuint (seen.changes, ==, 0);
  g_assert_cmpuint (tn_document_generation (document), ==, generation);
  /* What could be redone still can. */
  g_assert_true (tn_document_can_redo (document));
}

static void
test_refused (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  g_autoptr (TnReport) report = tn_report_new ();
  TnNodeId first = fixture_add (document, "Dense", 0, 0);
  TnNodeId second = fixture_add (document, "Dense", 0, 110);
  guint64 generation;
  Seen seen = { 0 };

  g_assert_true (fixture_connect (document, first, second, 0, report));
  generation = tn_document_generation (document);
  g_signal_connect (document, "changed", G_CALLBACK (changed_cb), &seen);
  g_assert_false (fixture_connect (document, second, first, 0, report));
  g_assert_cmpuint (tn_report_size (report), ==, 1);
  g_assert_cmpstr (tn_report_issue (report, 0)->code, ==, "cycle");
  g_assert_false (fixture_rename (document, second, "dense", report));
  g_assert_cmpstr (tn_report_issue (report, 1)->code, ==, "name");
  g_assert_false (fixture_rename (document, 999, "other", report));
  g_assert_cmpstr (tn_report_issue (report, 2)->code, ==, "stale");
  g_assert_cmpuint (seen.changes, ==, 0);
  g_assert_cmpuint (tn_document_generation (document), ==, generation);
}

static void
test_merge (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId dense = fixture_add (document, "Dense", 0, 0);
  guint64 gesture = tn_document_new_merge (document);
  guint64 next = tn_document_new_merge (document);

  g_assert_cmpuint (gesture, !=, next);
  for (int i = 0; i < 10; i++)
    fixture_move (document, dense, 1, 2, gesture);
  fixture_move (document, dense, 100, 0, next);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, dense)), ==, 110);
  tn_document_undo (document);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, dense)), ==, 10);
  /* The gesture has ended with the undo: what follows is a step of its own. */
  fixture_move (document, dense, 1, 0, gesture);
  tn_document_undo (document);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, dense)), ==, 10);
  tn_document_undo (document);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, dense)), ==, 0);
  tn_document_undo (document);
  g_assert_false (tn_document_can_undo (document));
}

static void
test_merge_back (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId dense = fixture_add (document, "Dense", 0, 0);
  guint64 gesture = tn_document_new_merge (document);
  g_autofree char *label = NULL;

  fixture_move (document, dense, 5, 5, gesture);
  fixture_move (document, dense, -5, -5, gesture);
  label = tn_document_undo_label (document);
  g_assert_cmpstr (label, ==, "Undo Add dense");
  g_assert_false (tn_document_can_redo (document));
}

static void
test_merge_kinds (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId dense = fixture_add (document, "Dense", 0, 0);
  guint64 gesture = tn_document_new_merge (document);
  TnEditArgs rename = { .node = dense, .text = "head", .merge = gesture };

  fixture_move (document, dense, 5, 5, gesture);
  g_assert_true (tn_document_apply (document, &tn_edit_rename, &rename, NULL));
  tn_document_undo (document);
  g_assert_cmpstr (tn_node_name (fixture_node (document, dense)), ==, "dense");
  g_assert_cmpfloat (tn_node_x (fixture_node (document, dense)), ==, 5);
}

static void
test_selection (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId a = fixture_add (document, "Dense", 0, 0);
  TnNodeId b = fixture_add (document, "Dense", 0, 110);
  TnNodeId unsorted[] = { b, 77, a, b };
  TnEditArgs args = { .nodes = &a, .n_nodes = 1 };
  Seen seen = { 0 };
  g_autofree char *label = NULL;

  g_signal_connect (document, "changed", G_CALLBACK (changed_cb), &seen);
  tn_document_select (document, unsorted, G_N_ELEMENTS (unsorted));
  g_assert_cmpuint (seen.last, ==, TN_CHANGE_SELECTION);
  g_assert_cmpuint (tn_document_selection (document)->len, ==, 2);
  g_assert_cmpuint (g_array_index (tn_document_selection (document), TnNodeId, 0), ==, a);
  g_assert_cmpuint (g_array_index (tn_document_selection (document), TnNodeId, 1), ==, b);
  tn_document_select (document, unsorted, G_N_ELEMENTS (unsorted));
  g_assert_cmpuint (seen.changes, ==, 1);
  /* Selecting is no step. */
  label = tn_document_undo_label (document);
  g_assert_cmpstr (label, ==, "Undo Add dense_1");

  g_assert_true (tn_document_apply (document, &tn_edit_remove, &args, NULL));
  g_assert_cmpuint (tn_document_selection (document)->len, ==, 1);
  tn_document_undo (document);
  g_assert_cmpuint (tn_document_selection (document)->len, ==, 2);

  tn_document_select_one (document, a, FALSE);
  g_assert_cmpuint (tn_document_selection (document)->len, ==, 1);
  tn_document_select_one (document, b, TRUE);
  g_assert_cmpuint (tn_document_selection (document)->len, ==, 2);
  tn_document_select_one (document, a, TRUE);
  g_assert_false (tn_document_is_selected (document, a));
  g_assert_true (tn_document_is_selected (document, b));
  tn_document_select_one (document, TN_NODE_NONE, FALSE);
  g_assert_cmpuint (tn_document_selection (document)->len, ==, 0);
}

static void
test_save (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  g_autoptr (TnDocument) opened = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("tenon-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "my model.tenon", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "no", "such", "folder.tenon", NULL);
  TnNodeId input = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId dense = fixture_add (document, "Dense", 0, 110);
  guint64 gesture = tn_document_new_merge (document);
  Seen seen = { 0 };

  fixture_connect (document, input, dense, 0, NULL);
  fixture_move (document, dense, 3, 4, gesture);
  g_signal_connect (document, "notify", G_CALLBACK (notify_cb), &seen);
  g_assert_true (tn_document_save (document, path, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (seen.notifies, ==, 3); /* path, title, modified */
  g_assert_cmpstr (tn_document_title (document), ==, "my model.tenon");
  g_assert_cmpstr (tn_document_path (document), ==, path);
  g_assert_false (tn_document_is_modified (document));

  /* The same gesture goes on, but what is in the file stays a step one can go back to. */
  fixture_move (document, dense, 1, 1, gesture);
  g_assert_true (tn_document_is_modified (document));
  tn_document_undo (document);
  g_assert_false (tn_document_is_modified (document));
  tn_document_undo (document);
  g_assert_true (tn_document_is_modified (document));
  tn_document_redo (document);
  g_assert_false (tn_document_is_modified (document));
  /* Equal to what is in the file is not the same: going another way there is a change. */
  tn_document_undo (document);
  fixture_move (document, dense, 3, 4, 0);
  g_assert_true (tn_document_is_modified (document));
  g_assert_true (tn_document_save (document, NULL, &error));
  g_assert_false (tn_document_is_modified (document));

  opened = tn_document_open (path, &error);
  g_assert_no_error (error);
  g_assert_true (fixture_equal (tn_document_graph (opened), tn_document_graph (document)));
  g_assert_false (tn_document_is_modified (opened));
  g_assert_false (tn_document_can_undo (opened));
  g_assert_cmpstr (tn_document_title (opened), ==, "my model.tenon");

  fixture_move (document, dense, 1, 1, 0);
  g_assert_false (tn_document_save (document, nowhere, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_IO);
  g_assert_true (tn_document_is_modified (document));
  g_assert_cmpstr (tn_document_path (document), ==, path);

  g_remove (path);
  g_rmdir (folder);
}

static void
test_open_missing (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tn_document_open ("/nonexistent/model.tenon", &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_IO);
}

static void
test_example (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnDocument) document = NULL;

  for (int i = 0; i < 5; i++)
    tn_draft_add (draft, &tn_layer_find ("Dense")->schema, NULL, TRUE, NULL);
  graph = tn_draft_finish (draft);
  document = tn_document_new_from_graph (graph, "An example");
  g_assert_cmpstr (tn_document_title (document), ==, "An example");
  g_assert_null (tn_document_path (document));
  g_assert_false (tn_document_is_modified (document));
  /* A file without places gets some, and they differ. */
  g_assert_true (tn_graph_same_meaning (graph, tn_document_graph (document)));
  for (guint i = 0; i < 5; i++)
    for (guint j = 0; j <= i; j++)
      {
        const TnNode *a = tn_graph_node (tn_document_graph (document), i);
        const TnNode *b = tn_graph_node (tn_document_graph (document), j);

        g_assert_true (tn_node_is_placed (a));
        if (i != j)
          g_assert_true (tn_node_x (a) != tn_node_x (b) || tn_node_y (a) != tn_node_y (b));
      }
}

/* A long session with a large model: the oldest steps go, the newest stay. */
static void
test_forgets (void)
{
  const guint n_layers = 8000, n_edits = TN_HISTORY_MAX_NODES / n_layers + 50;
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnDocument) document = NULL;
  guint undone = 0;

  for (guint i = 0; i < n_layers; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);
      TnNodeId id = tn_draft_add (draft, &tn_layer_find ("Flatten")->schema, name, FALSE, NULL);

      tn_draft_move (draft, id, 0, 110.0 * i);
    }
  graph = tn_draft_finish (draft);
  document = tn_document_new_from_graph (graph, "large");
  for (guint i = 0; i < n_edits; i++)
    g_assert_true (fixture_move (document, 1, 1, 0, 0));
  for (; tn_document_can_undo (document); undone++)
    tn_document_undo (document);
  g_assert_cmpuint (undone, ==, TN_HISTORY_MAX_NODES / n_layers - 1);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, 1)), ==, n_edits - undone);
  /* What was saved has been forgotten, so nothing that is left is it. */
  g_assert_true (tn_document_is_modified (document));
}

static void
count_cb (guint *n_changes)
{
  (*n_changes)++;
}

/* Many steps at once are one change, and each step has a name of its own. */
static void
test_travel (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  guint n_changes = 0;

  for (guint i = 0; i < 5; i++)
    fixture_add (document, "Dense", 0, 100.0 * i);
  g_assert_cmpuint (tn_document_n_steps (document), ==, 5);
  g_assert_cmpuint (tn_document_n_done (document), ==, 5);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *label = tn_document_step_label (document, i);
      g_autofree char *wanted
          = i > 0 ? g_strdup_printf ("Add dense_%u", i) : g_strdup ("Add dense");

      g_assert_cmpstr (label, ==, wanted);
    }
  g_signal_connect_swapped (document, "changed", G_CALLBACK (count_cb), &n_changes);
  tn_document_travel (document, 1);
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_cmpuint (tn_graph_size (tn_document_graph (document)), ==, 1);
  g_assert_cmpuint (tn_document_n_steps (document), ==, 5);
  g_assert_cmpuint (tn_document_n_done (document), ==, 1);
  tn_document_travel (document, 4);
  g_assert_cmpuint (tn_graph_size (tn_document_graph (document)), ==, 4);
  g_assert_true (tn_document_can_redo (document));
  tn_document_travel (document, 4);
  g_assert_cmpuint (n_changes, ==, 2);
  tn_document_travel (document, 0);
  g_assert_cmpuint (tn_graph_size (tn_document_graph (document)), ==, 0);
  g_assert_false (tn_document_is_modified (document));
  /* What is done now takes the place of what was undone. */
  tn_document_travel (document, 2);
  fixture_add (document, "Flatten", 0, 0);
  g_assert_cmpuint (tn_document_n_steps (document), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/document/new", test_new);
  g_test_add_func ("/document/undo", test_undo);
  g_test_add_func ("/document/travel", test_travel);
  g_test_add_func ("/document/unchanged", test_unchanged);
  g_test_add_func ("/document/refused", test_refused);
  g_test_add_func ("/document/merge", test_merge);
  g_test_add_func ("/document/merge-back", test_merge_back);
  g_test_add_func ("/document/merge-kinds", test_merge_kinds);
  g_test_add_func ("/document/selection", test_selection);
  g_test_add_func ("/document/save", test_save);
  g_test_add_func ("/document/open-missing", test_open_missing);
  g_test_add_func ("/document/example", test_example);
  g_test_add_func ("/document/forgets", test_forgets);
  return g_test_run ();
}
