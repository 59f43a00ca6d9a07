/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repeating: copies in a chain, how many, and alike. */
#include "document-fixture.h"
#include "graph/tn-repeat.h"
#include "infer/tn-facts.h"

typedef struct
{
  TnDocument *document;
  TnNodeId input, dense, relu, last;
} Fixture;

/* (None, 8) → Dense 8 → ReLU → Dense 3. */
static Fixture
fixture_new (void)
{
  Fixture self = { .document = tn_document_new () };

  self.input = fixture_add (self.document, "InputLayer", 0, 0);
  self.dense = fixture_add (self.document, "Dense", 0, 110);
  self.relu = fixture_add (self.document, "ReLU", 0, 220);
  self.last = fixture_add (self.document, "Dense", 0, 330);
  fixture_set (self.document, self.input, "batch_shape", "(None, 8)");
  fixture_set (self.document, self.dense, "units", "8");
  fixture_set (self.document, self.last, "units", "3");
  g_assert_true (fixture_connect (self.document, self.input, self.dense, 0, NULL));
  g_assert_true (fixture_connect (self.document, self.dense, self.relu, 0, NULL));
  g_assert_true (fixture_connect (self.document, self.relu, self.last, 0, NULL));
  return self;
}

static gboolean
repeat (Fixture *f, const char *group, guint times)
{
  TnNodeId nodes[] = { f->dense, f->relu };

  return tn_document_apply (
      f->document, &tn_edit_repeat,
      &(TnEditArgs){ .nodes = nodes, .n_nodes = 2, .group = group, .times = times }, NULL);
}

static gint64
params_of (TnDocument *document)
{
  g_autoptr (TnFacts) facts = tn_infer (tn_document_graph (document), NULL, NULL);

  g_assert_false (tn_facts_has_errors (facts));
  return tn_facts_totals (facts).params;
}

static guint
times_of (TnDocument *document, gboolean exactly)
{
  const TnGraph *graph = tn_document_graph (document);
  const TnGroup *group = tn_graph_find_group (graph, "repeat");
  g_autoptr (GPtrArray) copies = NULL;

  g_assert_nonnull (group);
  copies = tn_graph_repeated (graph, group, exactly);
  return copies != NULL ? copies->len : 0;
}

static void
test_count (void)
{
  Fixture f = fixture_new ();
  g_autofree char *label = NULL;

  g_assert_true (repeat (&f, NULL, 6));
  g_assert_cmpuint (times_of (f.document, TRUE), ==, 6);
  g_assert_cmpint (params_of (f.document), ==, 6 * 72 + 27);
  label = tn_document_undo_label (f.document);
  g_assert_cmpstr (label, ==, "Undo Repeat group ×6");
  g_assert_true (repeat (&f, "repeat", 8));
  g_assert_cmpint (params_of (f.document), ==, 8 * 72 + 27);
  g_assert_true (repeat (&f, "repeat", 2));
  g_assert_cmpuint (times_of (f.document, TRUE), ==, 2);
  g_assert_cmpint (params_of (f.document), ==, 2 * 72 + 27);
  for (guint i = 0; i < 3; i++)
    tn_document_undo (f.document);
  g_assert_cmpuint (tn_graph_n_groups (tn_document_graph (f.document)), ==, 0);
  g_assert_cmpuint (fixture_source (f.document, f.last, 0), ==, f.relu);
  g_object_unref (f.document);
}

static void
test_all (void)
{
  Fixture f = fixture_new ();
  const TnNode *twin;

  g_assert_true (repeat (&f, NULL, 3));
  fixture_set (f.document, f.relu, "negative_slope", "0.25");
  g_assert_cmpuint (times_of (f.document, TRUE), ==, 0);
  g_assert_cmpuint (times_of (f.document, FALSE), ==, 3);
  g_assert_true (tn_document_apply (f.document, &tn_edit_apply_to_all,
                                    &(TnEditArgs){ .nodes = &f.relu, .n_nodes = 1 }, NULL));
  g_assert_cmpuint (times_of (f.document, TRUE), ==, 3);
  twin = tn_graph_find_name (tn_document_graph (f.document), "repeat/group_2/re_lu");
  g_assert_nonnull (twin);
  g_assert_cmpfloat (
      tn_node_float (twin, (guint)tn_schema_param (tn_node_schema (twin), "negative_slope")), ==,
      0.25);
  g_assert_false (tn_document_apply (f.document, &tn_edit_apply_to_all,
                                     &(TnEditArgs){ .nodes = &f.last, .n_nodes = 1 }, NULL));
  g_object_unref (f.document);
}

static void
test_file (void)
{
  Fixture f = fixture_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TnGraph) again = NULL;
  g_autoptr (GPtrArray) copies = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (repeat (&f, NULL, 4));
  bytes = tn_format_write_keras (tn_document_graph (f.document));
  again = tn_format_parse (bytes, "test", NULL, &error);
  g_assert_no_error (error);
  copies = tn_graph_repeated (again, tn_graph_find_group (again, "repeat"), TRUE);
  g_assert_nonnull (copies);
  g_assert_cmpuint (copies->len, ==, 4);
  g_object_unref (f.document);
}

/* What two tensors enter has no place in a row. */
static void
test_refused (void)
{
  Fixture f = fixture_new ();
  TnNodeId join = fixture_add (f.document, "Add", 0, 440);
  g_autoptr (TnReport) report = tn_report_new ();

  fixture_connect (f.document, f.relu, join, 0, NULL);
  fixture_connect (f.document, f.input, join, 1, NULL);
  g_assert_false (tn_document_apply (f.document, &tn_edit_repeat,
                                     &(TnEditArgs){ .nodes = &join, .n_nodes = 1, .times = 3 },
                                     report));
  g_assert_cmpuint (tn_report_size (report), ==, 1);
  g_object_unref (f.document);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repeat/count", test_count);
  g_test_add_func ("/repeat/all", test_all);
  g_test_add_func ("/repeat/file", test_file);
  g_test_add_func ("/repeat/refused", test_refused);
  return g_test_run ();
}
