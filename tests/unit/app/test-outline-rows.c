/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The summary's rows: the tree, its sums, order within it, the filter, and what is copied. */
#include <string.h>

#include "app/tn-outline-rows.h"
#include "graph/tn-draft.h"

/* in → enc/a (4→3) → enc/b (3→5) → out (5→2); the two in a group. */
static TnGraph *
model (void)
{
  static const struct
  {
    const char *name;
    const char *param, *value;
    const char *type;
  } layers[] = {
    { "in", "batch_shape", "(None, 4)", "InputLayer" },
    { "a", "units", "3", "Dense" },
    { "b", "units", "5", "Dense" },
    { "out", "units", "2", "Dense" },
  };
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId ids[G_N_ELEMENTS (layers)];
  TnRef output;

  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      ids[i] = tn_draft_add (draft, &tn_layer_find (layers[i].type)->schema, layers[i].name, TRUE,
                             NULL);
      g_assert_true (tn_draft_set_text (draft, ids[i], layers[i].param, layers[i].value, NULL));
      if (i > 0)
        g_assert_true (tn_draft_connect (draft, (TnRef){ ids[i - 1], 0, 0 }, ids[i], 0, 0, NULL));
    }
  output = (TnRef){ ids[2], 0, 0 };
  g_assert_true (tn_draft_set_group (draft, "enc", "Functional", &output, 1, NULL, NULL));
  tn_draft_put_into (draft, ids[1], "enc");
  tn_draft_put_into (draft, ids[2], "enc");
  return tn_draft_finish (draft);
}

/* "in 0, enc 0, a 1": what is listed, and how deep. */
static char *
listed (const TnFacts *facts, const GArray *rows)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      const TnOutlineRow *row = &g_array_index (rows, TnOutlineRow, i);
      g_autofree char *name = tn_outline_cell (facts, row, TN_OUTLINE_NAME, 0);

      g_string_append_printf (text, "%s%s %u", i > 0 ? ", " : "", name, row->depth);
    }
  return g_string_free (text, FALSE);
}

static void
assert_listed (const TnFacts *facts, const TnOutlineView *view, const char *expected)
{
  g_autoptr (GArray) rows = tn_outline_rows (facts, view);
  g_autofree char *found = listed (facts, rows);

  g_assert_cmpstr (found, ==, expected);
}

static int
most_params (gconstpointer a, gconstpointer b, gpointer facts)
{
  return -tn_outline_compare (facts, a, b, TN_OUTLINE_PARAMS);
}

static void
test_tree (void)
{
  g_autoptr (TnGraph) graph = model ();
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (GHashTable) closed = g_hash_table_new (g_str_hash, g_str_equal);
  TnOutlineView view = { .batch = 1 };

  assert_listed (facts, &view, "in 0, enc 0, a 1, b 1, out 0");
  g_hash_table_add (closed, (gpointer) "enc");
  view.closed = closed;
  assert_listed (facts, &view, "in 0, enc 0, out 0");
  /* What is looked for is found in a closed group as well. */
  view.filter = "B";
  assert_listed (facts, &view, "enc 0, b 1");
  view.filter = "(none, 2)";
  assert_listed (facts, &view, "out 0");
  view.filter = "enc";
  assert_listed (facts, &view, "enc 0, a 1, b 1");
  view.filter = "nothing of that";
  assert_listed (facts, &view, "");
}

/* Within its group a layer moves, and the group among its like, by its sum. */
static void
test_order (void)
{
  g_autoptr (TnGraph) graph = model ();
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  TnOutlineView view = { .batch = 1, .compare = most_params, .data = facts };

  assert_listed (facts, &view, "enc 0, b 1, a 1, out 0, in 0");
}

static void
test_sums (void)
{
  g_autoptr (TnGraph) graph = model ();
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (TnHeatTime));
  g_autoptr (GArray) rows = NULL;
  TnOutlineView view = { .batch = 8, .times = times };
  const TnOutlineRow *group, *out;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      TnHeatTime time = { tn_node_id (tn_graph_node (graph, i)), 0.25 };
      g_array_append_val (times, time);
    }
  rows = tn_outline_rows (facts, &view);
  group = &g_array_index (rows, TnOutlineRow, 1);
  out = &g_array_index (rows, TnOutlineRow, 4);
  g_assert_nonnull (group->group);
  g_assert_cmpint (group->params, ==, 4 * 3 + 3 + 3 * 5 + 5);
  g_assert_cmpint (group->macs, ==, 12 + 15);
  g_assert_cmpint (group->bytes, ==, (3 + 5) * 4 * 8);
  g_assert_cmpfloat (group->seconds, ==, 0.5);
  g_autofree char *share = tn_outline_cell (facts, out, TN_OUTLINE_SHARE, 1);
  g_autofree char *shape = tn_outline_cell (facts, group, TN_OUTLINE_OUTPUT, 1);
  g_assert_cmpstr (share, ==, "25.0 %");
  g_assert_cmpstr (shape, ==, "(None, 5)");
}

static void
test_write (void)
{
  static const TnOutlineColumn columns[]
      = { TN_OUTLINE_NAME, TN_OUTLINE_OUTPUT, TN_OUTLINE_PARAMS };
  g_autoptr (TnGraph) graph = model ();
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  TnOutlineView view = { .batch = 1 };
  g_autoptr (GArray) rows = tn_outline_rows (facts, &view);
  g_autofree char *csv = tn_outline_write (facts, rows, columns, 3, TRUE, 0);
  g_autofree char *text = tn_outline_write (facts, rows, columns, 3, FALSE, 0);

  g_assert_cmpstr (csv, ==,
                   "name,output,params\r\n"
                   "in,\"(None, 4)\",0\r\n"
                   "enc,\"(None, 5)\",35\r\n"
                   "enc/a,\"(None, 3)\",15\r\n"
                   "enc/b,\"(None, 5)\",20\r\n"
                   "out,\"(None, 2)\",12\r\n");
  g_assert_cmpstr (text, ==,
                   "Layer  Output shape  Parameters\n"
                   "in     (None, 4)              0\n"
                   "enc    (None, 5)             35\n"
                   "  a    (None, 3)             15\n"
                   "  b    (None, 5)             20\n"
                   "out    (None, 2)             12\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outline-rows/tree", test_tree);
  g_test_add_func ("/outline-rows/order", test_order);
  g_test_add_func ("/outline-rows/sums", test_sums);
  g_test_add_func ("/outline-rows/write", test_write);
  return g_test_run ();
}
