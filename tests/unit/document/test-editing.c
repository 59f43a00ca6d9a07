/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits of several layers: lining up, the clipboard's fragments, one value for many. */
#include <math.h>

#include "document-fixture.h"

#include "document/tn-fragment.h"
#include "graph/tn-silence.h"
#include "infer/tn-facts.h"

static TnDocument *
open_file (const char *name)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "tests", "golden", "files", name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) graph = tn_format_read (path, NULL, &error);

  g_assert_no_error (error);
  return tn_document_new_from_graph (graph, name);
}

static const TnNode *
named (TnDocument *document, const char *name)
{
  const TnNode *node = tn_graph_find_name (tn_document_graph (document), name);

  if (node == NULL)
    g_error ("no layer %s", name);
  return node;
}

static TnNodeId
id_of (TnDocument *document, const char *name)
{
  return tn_node_id (named (document, name));
}

static void
assert_label (TnDocument *document, const char *wanted)
{
  g_autofree char *label = tn_document_undo_label (document);

  g_assert_cmpstr (label, ==, wanted);
}

static void
assert_no_errors (const TnGraph *graph)
{
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);

  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    if (tn_facts_issue (facts, i)->severity == TN_SEVERITY_ERROR)
      g_error ("%s", tn_facts_issue (facts, i)->message);
}

/* ---- lining up ---- */

static void
test_align (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  g_autoptr (TnReport) report = tn_report_new ();
  TnNodeId nodes[]
      = { fixture_add (document, "Dense", 0, 0), fixture_add (document, "Dense", 250, 103),
          fixture_add (document, "Dense", -75, 400) };
  static const struct
  {
    TnAlignment alignment;
    double x, y; /* NAN: as it was */
  } wanted[] = {
    { TN_ALIGN_LEFT, -75, NAN }, { TN_ALIGN_CENTER, 88, NAN },  { TN_ALIGN_RIGHT, 250, NAN },
    { TN_ALIGN_TOP, NAN, 0 },    { TN_ALIGN_MIDDLE, NAN, 200 }, { TN_ALIGN_BOTTOM, NAN, 400 },
  };
  TnEditArgs args = { .nodes = nodes, .n_nodes = 3 };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      args.alignment = wanted[i].alignment;
      g_assert_true (tn_document_apply (document, &tn_edit_align, &args, NULL));
      assert_label (document, "Undo Align 3 layers");
      for (guint j = 0; j < 3; j++)
        {
          const TnNode *node = fixture_node (document, nodes[j]);

          if (!isnan (wanted[i].x))
            g_assert_cmpfloat (tn_node_x (node), ==, wanted[i].x);
          if (!isnan (wanted[i].y))
            g_assert_cmpfloat (tn_node_y (node), ==, wanted[i].y);
        }
      tn_document_undo (document);
      g_assert_cmpfloat (tn_node_x (fixture_node (document, nodes[1])), ==, 250);
    }
  args.n_nodes = 1;
  g_assert_false (tn_document_apply (document, &tn_edit_align, &args, report));
  g_assert_cmpstr (tn_report_first (report), ==, "Select at least 2 layers first.");
}

static void
test_distribute (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  TnNodeId nodes[]
      = { fixture_add (document, "Dense", 600, 0), fixture_add (document, "Dense", 10, 90),
          fixture_add (document, "Dense", 0, 300) };
  TnEditArgs args = { .nodes = nodes, .n_nodes = 3, .alignment = TN_ALIGN_CENTER };

  g_assert_true (tn_document_apply (document, &tn_edit_distribute, &args, NULL));
  assert_label (document, "Undo Distribute 3 layers");
  g_assert_cmpfloat (tn_node_x (fixture_node (document, nodes[1])), ==, 300);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, nodes[0])), ==, 600);
  g_assert_cmpfloat (tn_node_x (fixture_node (document, nodes[2])), ==, 0);
  args.alignment = TN_ALIGN_MIDDLE;
  g_assert_true (tn_document_apply (document, &tn_edit_distribute, &args, NULL));
  g_assert_cmpfloat (tn_node_y (fixture_node (document, nodes[1])), ==, 150);
  args.n_nodes = 2;
  g_assert_false (tn_document_apply (document, &tn_edit_distribute, &args, NULL));
}

/* A group all of which is selected goes as one. */
static void
test_align_group (void)
{
  g_autoptr (TnDocument) document = open_file ("siamese.json");
  const TnGroup *encoder = tn_graph_find_group (tn_document_graph (document), "encoder");
  g_autoptr (GArray) nodes = NULL;
  double c1 = tn_node_x (named (document, "encoder/c1"));
  double apart
      = tn_node_y (named (document, "encoder/head/r")) - tn_node_y (named (document, "encoder/c1"));
  double sub = tn_node_y (named (document, "sub"));
  TnNodeId other = id_of (document, "sub");
  TnEditArgs args = { .alignment = TN_ALIGN_TOP };

  tn_document_select_group (document, encoder);
  nodes = g_array_copy ((GArray *)tn_document_selection (document));
  g_array_append_val (nodes, other);
  args.nodes = (const TnNodeId *)(gpointer)nodes->data;
  args.n_nodes = nodes->len;
  g_assert_true (tn_document_apply (document, &tn_edit_align, &args, NULL));
  g_assert_cmpfloat (tn_node_x (named (document, "encoder/c1")), ==, c1);
  g_assert_cmpfloat (tn_node_y (named (document, "encoder/head/r"))
                         - tn_node_y (named (document, "encoder/c1")),
                     ==, apart);
  g_assert_cmpfloat (tn_node_y (named (document, "sub")), <, sub);
}

/* ---- fragments ---- */

static TnGraph *
fragment_of (TnDocument *document, const char *const *names, guint n_names)
{
  g_autoptr (TnFacts) facts = tn_infer (tn_document_graph (document), NULL, NULL);
  TnNodeId nodes[8];

  g_assert_cmpuint (n_names, <=, G_N_ELEMENTS (nodes));
  for (guint i = 0; i < n_names; i++)
    nodes[i] = id_of (document, names[i]);
  return tn_fragment_new (tn_document_graph (document), facts, nodes, n_names);
}

/* By the text that the clipboard holds. */
static TnGraph *
through_text (const TnGraph *fragment, gboolean plain)
{
  g_autoptr (GBytes) bytes
      = plain ? tn_format_write_keras (fragment) : tn_format_write_tenon (fragment);
  g_autoptr (GError) error = NULL;
  TnGraph *read = tn_format_parse (bytes, "the clipboard", NULL, &error);

  g_assert_no_error (error);
  return read;
}

static gboolean
paste (TnDocument *document, const TnGraph *fragment, double x, double y)
{
  return tn_document_apply (document, &tn_edit_paste,
                            &(TnEditArgs){ .graph = fragment, .x = x, .y = y }, NULL);
}

/* input → first → second → join ← first; a third that is not copied feeds the join as well. */
static TnDocument *
diamond (void)
{
  TnDocument *document = tn_document_new ();
  TnNodeId input = fixture_add (document, "InputLayer", 0, 0);
  TnNodeId first = fixture_add (document, "Dense", 0, 104);
  TnNodeId second = fixture_add (document, "Dense", 0, 208);
  TnNodeId third = fixture_add (document, "Dense", 240, 208);
  TnNodeId join = fixture_add (document, "Concatenate", 0, 312);
  g_autoptr (TnValue) shape = NULL;
  g_autoptr (GBytes) text = g_bytes_new_static ("[null, 20]", 10);

  shape = tn_format_json_parse (text, "shape", NULL);
  g_assert_true (tn_document_apply (document, &tn_edit_set,
                                    &(TnEditArgs){ .node = input, .value = shape }, NULL));
  fixture_connect (document, input, first, 0, NULL);
  fixture_connect (document, first, second, 0, NULL);
  fixture_connect (document, input, third, 0, NULL);
  fixture_connect (document, third, join, 0, NULL);
  fixture_connect (document, second, join, 1, NULL);
  fixture_connect (document, first, join, 2, NULL);
  fixture_rename (document, first, "stem", NULL);
  tn_document_apply (document, &tn_edit_silence,
                     &(TnEditArgs){ .node = second, .text = "linear-stack" }, NULL);
  return document;
}

static void
test_fragment (void)
{
  g_autoptr (TnDocument) document = diamond (), other = tn_document_new ();
  static const char *const names[] = { "stem", "dense_1", "concatenate" };
  g_autoptr (TnGraph) fragment = fragment_of (document, names, 3);
  g_autoptr (TnGraph) read = through_text (fragment, FALSE);
  g_autoptr (TnGraph) plain = through_text (fragment, TRUE);

  /* A model by itself, for anybody who reads Keras's files. */
  assert_no_errors (plain);
  g_assert_cmpuint (tn_graph_size (plain), ==, 5);
  g_assert_cmpuint (tn_fragment_size (read), ==, 3);
  for (guint i = 0; i < tn_graph_size (read); i++)
    {
      const TnNode *node = tn_graph_node (read, i);
      TnShape shape;

      if (!tn_fragment_is_stand_in (node))
        continue;
      g_assert_true (tn_node_dims (node, 0, &shape));
      g_assert_cmpint (shape.rank, ==, 2);
      g_assert_cmpint (shape.dims[1].size, ==,
                       g_str_equal (tn_node_name (node), "input_layer_in") ? 20 : 64);
    }

  g_assert_true (paste (other, read, 500, 500));
  assert_label (other, "Undo Paste 3 layers");
  g_assert_cmpuint (tn_graph_size (tn_document_graph (other)), ==, 3);
  g_assert_cmpuint (tn_document_selection (other)->len, ==, 3);
  g_assert_cmpuint (fixture_source (other, id_of (other, "dense_1"), 0), ==, id_of (other, "stem"));
  g_assert_cmpuint (tn_node_n_inputs (named (other, "concatenate"), 0), ==, 2);
  g_assert_cmpuint (fixture_source (other, id_of (other, "concatenate"), 0), ==,
                    id_of (other, "dense_1"));
  g_assert_cmpuint (fixture_source (other, id_of (other, "concatenate"), 1), ==,
                    id_of (other, "stem"));
  g_assert_cmpuint (fixture_source (other, id_of (other, "stem"), 0), ==, TN_NODE_NONE);
  g_assert_true (tn_node_is_silenced (named (other, "dense_1"), "linear-stack"));
  g_assert_cmpfloat (tn_node_y (named (other, "concatenate")), ==,
                     tn_node_y (named (other, "stem")) + 208);

  /* Once more, at the same place: other names, and nothing is hidden. */
  g_assert_true (paste (other, read, 500, 500));
  g_assert_cmpstr (tn_node_name (named (other, "stem_1")), ==, "stem_1");
  g_assert_cmpuint (fixture_source (other, id_of (other, "dense_2"), 0), ==,
                    id_of (other, "stem_1"));
  g_assert_cmpfloat (tn_node_x (named (other, "stem_1")), !=, tn_node_x (named (other, "stem")));
  tn_document_undo (other);
  tn_document_undo (other);
  g_assert_cmpuint (tn_graph_size (tn_document_graph (other)), ==, 0);
}

/* What every graph promises, of all fragments of what is in a file. */
static void
assert_same_within (TnDocument *from, TnDocument *to, const char *prefix, const char *as)
{
  const TnGraph *graph = tn_document_graph (from);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i), *copy;
      g_autofree char *path = NULL;

      if (!g_str_has_prefix (tn_node_name (node), prefix))
        continue;
      path = g_strconcat (as, tn_node_name (node) + strlen (prefix), NULL);
      copy = named (to, path);
      g_assert_cmpuint (tn_node_n_calls (copy), ==, tn_node_n_calls (node));
      for (guint call = 0; call < tn_node_n_calls (node); call++)
        for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
          {
            TnRef wanted = tn_node_input (node, call, slot);
            TnRef found = tn_node_input (copy, call, slot);
            const char *source = tn_node_name (tn_graph_find (graph, wanted.node));
            g_autofree char *renamed = NULL;

            if (!g_str_has_prefix (source, prefix))
              continue;
            renamed = g_strconcat (as, source + strlen (prefix), NULL);
            g_assert_cmpuint (found.node, ==, id_of (to, renamed));
            g_assert_cmpuint (found.call, ==, wanted.call);
            g_assert_cmpuint (found.output, ==, wanted.output);
          }
    }
}

/* A group that is called twice, with one in it; as a whole, and its parts. */
static void
test_fragment_group (void)
{
  g_autoptr (TnDocument) document = open_file ("siamese.json");
  g_autoptr (TnDocument) other = tn_document_new ();
  g_autoptr (TnFacts) facts = tn_infer (tn_document_graph (document), NULL, NULL);
  g_autoptr (TnGraph) fragment = NULL, read = NULL, part = NULL;
  static const char *const names[] = { "encoder/c1", "encoder/head/r" };
  const GArray *selection;

  tn_document_select_group (document,
                            tn_graph_find_group (tn_document_graph (document), "encoder"));
  selection = tn_document_selection (document);
  fragment = tn_fragment_new (tn_document_graph (document), facts,
                              (const TnNodeId *)(gpointer)selection->data, selection->len);
  read = through_text (fragment, FALSE);
  assert_no_errors (read);
  g_assert_true (paste (other, read, 0, 0));
  g_assert_true (paste (other, read, 400, 0));
  g_assert_nonnull (tn_graph_find_group (tn_document_graph (other), "encoder/head"));
  g_assert_nonnull (tn_graph_find_group (tn_document_graph (other), "encoder_1/head"));
  assert_same_within (document, other, "encoder/", "encoder/");
  assert_same_within (document, other, "encoder/", "encoder_1/");

  part = fragment_of (document, names, 2);
  g_assert_true (paste (other, part, 0, 900));
  g_assert_cmpuint (tn_node_n_calls (named (other, "c1")), ==,
                    tn_node_n_calls (named (document, "encoder/c1")));
  g_assert_cmpuint (tn_graph_n_groups (tn_document_graph (other)), ==, 4);
}

/* Every layer of every file of the tests by itself and all of it: it never fails, and what is
 * pasted is what was copied. */
static void
test_fragment_files (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "tests", "golden", "files", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n_files = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (TnDocument) document = tn_document_open (path, NULL);
      const TnGraph *graph = document != NULL ? tn_document_graph (document) : NULL;

      n_files += graph != NULL;
      for (guint i = 0; graph != NULL && i <= MIN (tn_graph_size (graph), 40); i++)
        {
          g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
          g_autoptr (TnGraph) fragment = NULL, read = NULL;
          g_autoptr (TnDocument) other = tn_document_new ();

          for (guint j = 0; j < tn_graph_size (graph); j++)
            {
              TnNodeId id = tn_node_id (tn_graph_node (graph, j));

              if (i == 0 || i == j + 1)
                g_array_append_val (nodes, id);
            }
          fragment
              = tn_fragment_new (graph, NULL, (const TnNodeId *)(gpointer)nodes->data, nodes->len);
          if (fragment == NULL)
            continue;
          read = through_text (fragment, FALSE);
          g_assert_cmpuint (tn_fragment_size (read), ==, tn_fragment_size (fragment));
          g_assert_true (paste (other, read, 0, 0));
          g_assert_cmpuint (tn_graph_size (tn_document_graph (other)), ==,
                            tn_fragment_size (fragment));
        }
    }
  g_assert_cmpuint (n_files, >, 5);
}

static void
test_cut_and_duplicate (void)
{
  g_autoptr (TnDocument) document = diamond ();
  TnNodeId nodes[] = { id_of (document, "concatenate"), id_of (document, "dense_1") };
  TnEditArgs args = { .nodes = nodes, .n_nodes = 2, .x = 40, .y = 40 };
  TnNodeId copy;

  g_assert_true (tn_document_apply (document, &tn_edit_duplicate_wired, &args, NULL));
  assert_label (document, "Undo Duplicate 2 layers");
  copy = id_of (document, "concatenate_1");
  g_assert_cmpuint (tn_node_n_inputs (fixture_node (document, copy), 0), ==, 3);
  g_assert_cmpuint (fixture_source (document, copy, 0), ==, id_of (document, "dense_2"));
  g_assert_cmpuint (fixture_source (document, copy, 1), ==, id_of (document, "dense"));
  g_assert_cmpuint (fixture_source (document, copy, 2), ==, id_of (document, "stem"));
  g_assert_cmpuint (fixture_source (document, id_of (document, "dense"), 0), ==,
                    id_of (document, "stem"));
  tn_document_undo (document);
  g_assert_true (tn_document_apply (document, &tn_edit_cut, &args, NULL));
  assert_label (document, "Undo Cut 2 layers");
  g_assert_cmpuint (tn_graph_size (tn_document_graph (document)), ==, 3);
}

/* ---- one value for many ---- */

static void
test_set_many (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  g_autoptr (TnReport) report = tn_report_new ();
  TnNodeId nodes[]
      = { fixture_add (document, "Dense", 0, 0), fixture_add (document, "Dense", 0, 90),
          fixture_add (document, "Flatten", 0, 180) };
  const TnSchema *dense = &tn_layer_find ("Dense")->schema;
  guint units = (guint)tn_schema_param (dense, "units");
  g_autoptr (TnValue) good = tn_value_new_int (7), bad = tn_value_new_int (-7),
                      no = tn_value_new_bool (FALSE);
  TnEditArgs args = { .nodes = nodes, .n_nodes = 3, .text = "units", .value = good };

  g_assert_true (tn_document_apply (document, &tn_edit_set_many, &args, NULL));
  assert_label (document, "Undo Change units of 2 layers");
  g_assert_cmpint (tn_node_int (fixture_node (document, nodes[0]), units), ==, 7);
  g_assert_cmpint (tn_node_int (fixture_node (document, nodes[1]), units), ==, 7);
  args.value = bad;
  g_assert_false (tn_document_apply (document, &tn_edit_set_many, &args, report));
  g_assert_cmpstr (tn_report_issue (report, 0)->code, ==, "param");
  g_assert_cmpint (tn_node_int (fixture_node (document, nodes[0]), units), ==, 7);
  args.text = "trainable";
  args.value = no;
  g_assert_true (tn_document_apply (document, &tn_edit_set_many, &args, NULL));
  assert_label (document, "Undo Change trainable of 3 layers");
  for (guint i = 0; i < 3; i++)
    g_assert_false (tn_node_is_trainable (fixture_node (document, nodes[i])));
  tn_document_undo (document);
  tn_document_undo (document);
  g_assert_cmpint (tn_node_int (fixture_node (document, nodes[0]), units), !=, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/document/editing/align", test_align);
  g_test_add_func ("/document/editing/distribute", test_distribute);
  g_test_add_func ("/document/editing/align-group", test_align_group);
  g_test_add_func ("/document/editing/fragment", test_fragment);
  g_test_add_func ("/document/editing/fragment-group", test_fragment_group);
  g_test_add_func ("/document/editing/fragment-files", test_fragment_files);
  g_test_add_func ("/document/editing/cut-and-duplicate", test_cut_and_duplicate);
  g_test_add_func ("/document/editing/set-many", test_set_many);
  return g_test_run ();
}
