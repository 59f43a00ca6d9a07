/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bypassing and disabling: what is judged, what is written, what comes back. */
#include "document-fixture.h"
#include "graph/tn-active.h"
#include "infer/tn-facts.h"

typedef struct
{
  TnDocument *document;
  TnNodeId input, first, flatten, last, join;
} Fixture;

/* (None, 8) → Dense 16 → Dense 8 → Add with the input. */
static Fixture
fixture_new (void)
{
  Fixture self = { .document = tn_document_new () };

  self.input = fixture_add (self.document, "InputLayer", 0, 0);
  self.first = fixture_add (self.document, "Dense", 0, 110);
  self.last = fixture_add (self.document, "Dense", 0, 220);
  self.join = fixture_add (self.document, "Add", 0, 330);
  fixture_set (self.document, self.input, "batch_shape", "(None, 8)");
  fixture_set (self.document, self.first, "units", "16");
  fixture_set (self.document, self.last, "units", "8");
  g_assert_true (fixture_connect (self.document, self.input, self.first, 0, NULL));
  g_assert_true (fixture_connect (self.document, self.first, self.last, 0, NULL));
  g_assert_true (fixture_connect (self.document, self.last, self.join, 0, NULL));
  g_assert_true (fixture_connect (self.document, self.input, self.join, 1, NULL));
  return self;
}

static gboolean
apply_to (TnDocument *document, const TnEdit *edit, TnNodeId node, TnReport *report)
{
  return tn_document_apply (document, edit, &(TnEditArgs){ .nodes = &node, .n_nodes = 1 }, report);
}

static gint64
params_of (TnDocument *document)
{
  g_autoptr (TnFacts) facts = tn_infer (tn_document_graph (document), NULL, NULL);

  g_assert_false (tn_facts_has_errors (facts));
  return tn_facts_totals (facts).params;
}

static void
test_totals (void)
{
  Fixture f = fixture_new ();
  g_autoptr (TnReport) report = tn_report_new ();
  g_autofree char *label = NULL;

  g_assert_cmpint (params_of (f.document), ==, 8 * 16 + 16 + 16 * 8 + 8);
  g_assert_true (apply_to (f.document, &tn_edit_bypass, f.first, NULL));
  g_assert_cmpint (params_of (f.document), ==, 8 * 8 + 8);
  label = tn_document_undo_label (f.document);
  g_assert_cmpstr (label, ==, "Undo Bypass dense");
  g_assert_true (apply_to (f.document, &tn_edit_disable, f.first, NULL));
  g_assert_cmpint (params_of (f.document), ==, 0);
  g_assert_true (apply_to (f.document, &tn_edit_activate, f.first, NULL));
  g_assert_cmpint (params_of (f.document), ==, 8 * 16 + 16 + 16 * 8 + 8);
  tn_document_undo (f.document);
  tn_document_undo (f.document);
  g_assert_cmpint (params_of (f.document), ==, 8 * 8 + 8);
  g_assert_false (apply_to (f.document, &tn_edit_bypass, f.input, report));
  g_assert_cmpstr (tn_report_issue (report, 0)->code, ==, "wire");
  g_object_unref (f.document);
}

static TnGraph *
reopened (const TnGraph *graph, gboolean plain)
{
  g_autoptr (GBytes) bytes = plain ? tn_format_write_keras (graph) : tn_format_write_tenon (graph);
  g_autoptr (GError) error = NULL;
  TnGraph *again = tn_format_parse (bytes, "test", NULL, &error);

  g_assert_no_error (error);
  if (!plain && tn_graph_n_groups (graph) == 0)
    {
      g_autoptr (GBytes) twice = tn_format_write_tenon (again);

      g_assert_true (g_bytes_equal (bytes, twice));
    }
  return again;
}

static TnMode
mode_of (const TnGraph *graph, const char *name)
{
  const TnNode *node = tn_graph_find_name (graph, name);

  g_assert_nonnull (node);
  return tn_node_mode (node);
}

/* A file holds for Keras what counts, and for Tenon all of it. */
static void
test_file (void)
{
  Fixture f = fixture_new ();
  g_autoptr (TnGraph) again = NULL, plain = NULL;

  g_assert_true (apply_to (f.document, &tn_edit_bypass, f.first, NULL));
  again = reopened (tn_document_graph (f.document), FALSE);
  g_assert_cmpuint (tn_graph_size (again), ==, 4);
  g_assert_cmpint (mode_of (again, "dense"), ==, TN_MODE_BYPASSED);
  g_assert_cmpint (mode_of (again, "dense_1"), ==, TN_MODE_ACTIVE);
  plain = reopened (tn_document_graph (f.document), TRUE);
  g_assert_cmpuint (tn_graph_size (plain), ==, 3);
  g_assert_null (tn_graph_find_name (plain, "dense"));
  g_assert_true (tn_graph_active (plain) == plain);
  g_object_unref (f.document);
}

/* What another program made of the part that Keras reads counts more than what Tenon noted. */
static void
test_changed_file (void)
{
  Fixture f = fixture_new ();
  g_autoptr (GBytes) bytes = NULL, changed = NULL;
  g_autoptr (TnGraph) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = NULL;

  g_assert_true (apply_to (f.document, &tn_edit_bypass, f.first, NULL));
  bytes = tn_format_write_tenon (tn_document_graph (f.document));
  text = g_string_new_len (g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  g_assert_cmpuint (g_string_replace (text, "\"units\": 8", "\"units\": 9", 1), ==, 1);
  changed = g_bytes_new (text->str, text->len);
  again = tn_format_parse (changed, "test", NULL, &error);
  g_assert_no_error (error);
  g_assert_null (tn_graph_find_name (again, "dense"));
  g_assert_nonnull (tn_graph_find_name (again, "dense_1"));
  g_object_unref (f.document);
}

static void
test_group (void)
{
  Fixture f = fixture_new ();
  TnNodeId members[] = { f.first, f.last };
  g_autoptr (TnGraph) again = NULL;
  g_autoptr (TnFacts) facts = NULL;

  g_assert_true (tn_document_apply (f.document, &tn_edit_group,
                                    &(TnEditArgs){ .nodes = members, .n_nodes = 2, .text = "g" },
                                    NULL));
  g_assert_true (apply_to (f.document, &tn_edit_bypass, f.last, NULL));
  again = reopened (tn_document_graph (f.document), FALSE);
  g_assert_cmpint (mode_of (again, "g/dense_1"), ==, TN_MODE_BYPASSED);
  g_assert_cmpuint (tn_graph_n_groups (tn_graph_active (again)), ==, 1);
  /* 16 and 8 do not go together: it is judged as it counts. */
  facts = tn_infer (again, NULL, NULL);
  g_assert_true (tn_facts_has_errors (facts));
  tn_document_undo (f.document);
  g_assert_true (tn_document_apply (f.document, &tn_edit_bypass,
                                    &(TnEditArgs){ .nodes = members, .n_nodes = 2 }, NULL));
  g_clear_pointer (&again, tn_graph_unref);
  again = reopened (tn_document_graph (f.document), FALSE);
  g_assert_cmpuint (tn_graph_n_groups (again), ==, 1);
  g_assert_cmpuint (tn_graph_n_groups (tn_graph_active (again)), ==, 0);
  g_assert_cmpint (params_of (f.document), ==, 0);
  g_object_unref (f.document);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/modes/totals", test_totals);
  g_test_add_func ("/modes/file", test_file);
  g_test_add_func ("/modes/changed-file", test_changed_file);
  g_test_add_func ("/modes/group", test_group);
  return g_test_run ();
}
