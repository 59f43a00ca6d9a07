/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole models as Keras was seen to treat them: read, inferred, and compared layer by layer. What
 * the files themselves say of shapes is not looked at. */
#include <string.h>

#include "base/tn-error.h"
#include "formats/tn-format.h"
#include "../cases/tn-cases.h"
#include "tn-judge.h"

/* ---- what is not in the catalogue yet ---- */

/* NULL when all layers of the model are; else the first that is not. New string. */
static char *
find_missing (const TnValue *model)
{
  const TnValue *config = tn_value_lookup (model, "config");
  const TnValue *layers = tn_value_lookup (config, "layers");

  if (layers == NULL)
    layers = config;
  for (gsize i = 0; i < tn_value_size (layers); i++)
    {
      const TnValue *layer = tn_value_at (layers, i);
      const char *type = tn_judge_string (layer, "class_name");
      const char *module = tn_judge_string (layer, "module");

      if (module != NULL && strstr (module, ".ops.") != NULL)
        return g_strdup_printf ("the operation %s", type);
      if (tn_layer_find (type) == NULL)
        return g_strdup (type);
    }
  return NULL;
}

/* ---- a sound model ---- */

static gboolean
shape_is (const TnShape *shape, const TnValue *expected)
{
  TnShape other;

  return tn_shape_from_value (expected, &other) && tn_shape_identical (shape, &other);
}

static void
add_shape_fault (GString *faults, const char *what, const TnShape *found, const TnValue *expected)
{
  g_autofree char *text = tn_shape_to_text (found);
  g_autofree char *wanted = expected != NULL ? tn_value_to_text (expected) : g_strdup ("none");

  g_string_append_printf (faults, "; %s is %s, not %s", what, text, wanted);
}

static void
judge_layer (const TnFacts *facts, const TnValue *layer, GString *faults)
{
  const TnGraph *graph = tn_facts_graph (facts);
  const char *name = tn_judge_string (layer, "name");
  const TnNode *node = tn_graph_find_name (graph, name);
  const TnValue *calls = tn_value_lookup (layer, "outputs");
  gint64 params;

  if (node == NULL || !g_str_equal (tn_node_type (node), tn_judge_string (layer, "class"))
      || tn_node_n_calls (node) != tn_value_size (calls))
    {
      g_string_append_printf (faults, "; no such layer, or not called as often: %s", name);
      return;
    }
  for (guint call = 0; call < tn_value_size (calls); call++)
    for (guint output = 0; output < tn_value_size (tn_value_at (calls, call)); output++)
      {
        const TnValue *expected = tn_value_at (tn_value_at (calls, call), output);
        TnShape found = tn_facts_shape (
            facts, (TnRef){ tn_node_id (node), (guint16)call, (guint16)output }, NULL);

        if (!shape_is (&found, expected))
          add_shape_fault (faults, name, &found, expected);
      }
  params = tn_facts_params (facts, (guint)tn_graph_index (graph, tn_node_id (node)));
  if (params != tn_value_int (tn_value_lookup (layer, "params")))
    g_string_append_printf (faults, "; %s has %" G_GINT64_FORMAT " parameters", name, params);
}

static void
judge_ends (const TnFacts *facts, const TnValue *expect, GString *faults)
{
  const TnGraph *graph = tn_facts_graph (facts);
  const TnValue *inputs = tn_value_lookup (expect, "input_shapes");
  const TnValue *outputs = tn_value_lookup (expect, "output_shapes");
  guint n_outputs, n_inputs = 0;
  const TnRef *refs = tn_graph_outputs (graph, &n_outputs);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      TnShape shape = tn_facts_shape (facts, (TnRef){ tn_node_id (node), 0, 0 }, NULL);
      const TnValue *expected
          = n_inputs < tn_value_size (inputs) ? tn_value_at (inputs, n_inputs) : NULL;

      if (!tn_node_is_source (node))
        continue;
      n_inputs++;
      if (expected == NULL || !shape_is (&shape, expected))
        add_shape_fault (faults, "an input", &shape, expected);
    }
  if (n_inputs != tn_value_size (inputs) || n_outputs != tn_value_size (outputs))
    g_string_append (faults, "; another number of inputs or outputs");
  for (guint i = 0; i < n_outputs && i < tn_value_size (outputs); i++)
    {
      TnShape shape = tn_facts_shape (facts, refs[i], NULL);

      if (!shape_is (&shape, tn_value_at (outputs, i)))
        add_shape_fault (faults, "an output", &shape, tn_value_at (outputs, i));
    }
}

static void
judge_sound (const TnFacts *facts, const TnValue *expect, GString *faults)
{
  const TnValue *layers = tn_value_lookup (expect, "layers");
  TnTotals totals = tn_facts_totals (facts);
  gint64 total = tn_value_int (tn_value_lookup (expect, "total_params"));
  gint64 trained = tn_value_int (tn_value_lookup (expect, "trainable_params"));
  gint64 others = tn_value_int (tn_value_lookup (expect, "non_trainable_params"));

  for (gsize i = 0; i < tn_value_size (layers); i++)
    judge_layer (facts, tn_value_at (layers, i), faults);
  judge_ends (facts, expect, faults);
  if (totals.params != total || totals.trainable != trained
      || totals.params - totals.trainable != others)
    g_string_append_printf (faults,
                            "; %" G_GINT64_FORMAT " parameters (%" G_GINT64_FORMAT
                            " trained), not %" G_GINT64_FORMAT " (%" G_GINT64_FORMAT ")",
                            totals.params, totals.trainable, total, trained);
}

/* ---- a faulty one ---- */

/* Is the first fault at the layer where Keras gave up, or upstream of it? */
static void
judge_faulty (const TnFacts *facts, const TnValue *entry, GString *faults)
{
  const TnGraph *graph = tn_facts_graph (facts);
  const char *name = tn_judge_string (entry, "error_layer");
  const TnNode *node = name != NULL ? tn_graph_find_name (graph, name) : NULL;
  const TnIssue *issue = NULL;

  for (guint i = 0; i < tn_facts_n_issues (facts) && issue == NULL; i++)
    if (tn_facts_issue (facts, i)->severity == TN_SEVERITY_ERROR)
      issue = tn_facts_issue (facts, i);
  if (issue == NULL)
    g_string_append_printf (faults, "; Keras refuses it: %s", tn_judge_string (entry, "error"));
  else if (name != NULL
           && (node == NULL || !tn_graph_depends (graph, tn_node_id (node), issue->node)))
    g_string_append_printf (faults, "; Keras finds the fault at %s, Tenon elsewhere: %s", name,
                            issue->message);
}

static void
run_case (TnJudge *judge, const char *id, const TnValue *entry, const TnValue *model)
{
  const TnValue *expect = tn_value_lookup (entry, "expect");
  g_autofree char *missing = find_missing (model);
  g_autofree char *text = tn_format_json (model, FALSE);
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnFacts) facts = NULL;
  g_autoptr (GString) faults = g_string_new (NULL);
  const char *said;
  gboolean refused;

  graph = tn_format_parse (bytes, id, NULL, &error);
  if (missing != NULL || g_error_matches (error, TN_ERROR, TN_ERROR_UNSUPPORTED))
    tn_judge_skip (judge, missing != NULL ? missing : "how a layer is called");
  else if (graph == NULL)
    tn_judge_case (judge, id, "refused", error->message);
  if (graph == NULL || missing != NULL)
    return;

  facts = tn_infer (graph, NULL, NULL);
  refused = tn_facts_has_errors (facts);
  said = refused ? "refused" : "accepted";
  if (expect == NULL)
    judge_faulty (facts, entry, faults);
  else if (refused)
    g_string_append_printf (faults, "; Keras finds nothing wrong: %s",
                            tn_facts_issue (facts, 0)->message);
  else
    judge_sound (facts, expect, faults);
  if (expect == NULL)
    tn_judge_count (judge, "refused by Keras");
  /* That it cannot be run is a claim that these cases do not back. */
  if (faults->len == 0 && !refused && tn_facts_obstacle (facts) != NULL)
    {
      said = "as Keras has it, cannot run";
      g_string_append_printf (faults, "; Keras was not seen to fail: %s",
                              tn_facts_obstacle (facts)->message);
    }
  tn_judge_case (judge, id, said, faults->len > 0 ? faults->str : NULL);
}

static void
run_file (const char *file, guint at_least)
{
  TnJudge *judge = tn_judge_new (file);
  const TnValue *graphs = tn_value_lookup (tn_judge_cases (judge), "graphs");

  for (gsize i = 0; i < tn_value_size (graphs); i++)
    {
      const TnValue *entry = tn_value_at (graphs, i);

      run_case (judge, tn_judge_string (entry, "id"), entry, tn_value_lookup (entry, "model"));
    }
  tn_judge_finish (judge, at_least);
}

static void
test_graphs (void)
{
  run_file ("graphs.json", 79);
}

static void
test_legacy (void)
{
  run_file ("legacy.json", 50);
}

/* VGG16, ResNet50 and MobileNetV2, byte for byte as Keras writes them. */
static void
test_applications (void)
{
  TnJudge *judge = tn_judge_new ("applications.json");
  const TnValue *models = tn_value_lookup (tn_judge_cases (judge), "models");

  for (gsize i = 0; i < tn_value_size (models); i++)
    {
      const TnValue *entry = tn_value_at (models, i);
      const char *name = tn_judge_string (entry, "file");
      g_autofree char *path = g_strdup_printf ("tests/cases/%s.gz", name);
      g_autoptr (GBytes) bytes = tn_cases_load (path);
      g_autoptr (GError) error = NULL;
      g_autoptr (TnValue) model = tn_format_json_parse (bytes, name, &error);

      g_assert_no_error (error);
      run_case (judge, tn_judge_string (entry, "id"), entry, model);
    }
  tn_judge_finish (judge, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graphs/graphs", test_graphs);
  g_test_add_func ("/graphs/legacy", test_legacy);
  g_test_add_func ("/graphs/applications", test_applications);
  return g_test_run ();
}
