/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers are found by name, type, shape and problem. */
#include "scene-models.h"
#include "scene/tn-find.h"

#define MODEL                                                                                      \
  "image:InputLayer(batch_shape=(None, 28, 28, 1)) / conv:Conv2D(filters=32; kernel_size=3) / "    \
  "pool:MaxPooling2D / flat:Flatten / head:Dense(units=4096) / tail:Dense(units=10) / "            \
  "Softmax / relu_28:ReLU"

static void
test_find (gconstpointer data)
{
  const char *const *expected = data;
  g_autoptr (TnGraph) graph = model_new (MODEL);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (GArray) found = tn_find_layers (graph, facts, expected[0]);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (
        names, "%s%s", i > 0 ? " " : "",
        tn_node_name (tn_graph_find (graph, g_array_index (found, TnNodeId, i))));
  g_assert_cmpstr (names->str, ==, expected[1]);
}

/* What is looked for, and what is found. */
static const char *const cases[][2] = {
  { "", "" },
  { "  ", "" },
  { "pool", "pool" },
  { "POOL", "pool" },
  { "dense", "head tail" },
  { "conv2d", "conv" },
  { "nothing like it", "" },
  { "4096", "head tail" },
  { "26x26", "conv pool" },
  { "26 × 26", "conv pool" },
  { "26, 26, 32", "conv pool" },
  { "26 32", "conv pool" },
  { "(None, 26, 26, 32)", "conv pool" },
  { "(26, 26, 32)", "" },
  { "(None, 10)", "tail softmax relu_28" },
  { "None, 10", "tail softmax relu_28" },
  { "28", "image conv relu_28" },
  { "28x28", "image conv" },
  { "dense 4096", "head tail" },
  { "dense 5408", "head" },
  { "26x27", "" },
  { "99999999999999999999999", "" },
  { "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "" },
};

static void
test_problems (void)
{
  g_autoptr (TnGraph) graph = model_new (MODEL_RICH);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  static const char *const queries[] = { "problem", "error", "Warnings", "dense-width" };

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr (GArray) found = tn_find_layers (graph, facts, queries[i]);
      guint expected = 0;

      for (guint j = 0; j < tn_graph_size (graph); j++)
        {
          gboolean any = FALSE;

          for (guint k = 0; k < tn_facts_n_issues (facts); k++)
            {
              const TnIssue *issue = tn_facts_issue (facts, k);

              any = any
                    || (issue->node == tn_node_id (tn_graph_node (graph, j))
                        && (i == 0 || (i == 1 && issue->severity != TN_SEVERITY_WARNING)
                            || (i == 2 && issue->severity == TN_SEVERITY_WARNING)
                            || (i == 3 && g_str_equal (issue->code, "dense-width"))));
            }
          expected += any;
        }
      g_assert_cmpuint (found->len, ==, expected);
    }
}

/* Without facts names are still found; facts of an earlier graph say nothing of what is new. */
static void
test_facts (void)
{
  g_autoptr (TnGraph) before = model_new ("InputLayer / a:Dense(units=7)");
  g_autoptr (TnFacts) facts = tn_infer (before, NULL, NULL);
  g_autoptr (TnGraph) after = model_new ("InputLayer / a:Dense(units=7) / b:Dense(units=7)");
  g_autoptr (GArray) named = tn_find_layers (after, NULL, "dense");
  g_autoptr (GArray) sized = tn_find_layers (after, facts, "7");
  g_autoptr (GArray) invalid = tn_find_layers (after, facts, "\xff\xfe");

  g_assert_cmpuint (named->len, ==, 2);
  g_assert_cmpuint (sized->len, ==, 2);
  g_assert_cmpuint (invalid->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/scene/find/queries/%u", i);

      g_test_add_data_func (path, cases[i], test_find);
    }
  g_test_add_func ("/scene/find/problems", test_problems);
  g_test_add_func ("/scene/find/facts", test_facts);
  return g_test_run ();
}
