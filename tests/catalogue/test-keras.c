/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every layer as Keras was seen to treat it: each recorded case as a model file of its own, read
 * and inferred as any other. */
#include <string.h>

#include "../cases/tn-case-model.h"
#include "infer/tn-advice.h"
#include "tn-judge.h"

/* "(None, 4), (None, 5)". */
static char *
describe_outputs (const TnFacts *facts, const TnNode *node)
{
  guint n = tn_node_n_outputs (node);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      TnShape shape = tn_facts_shape (facts, (TnRef){ tn_node_id (node), 0, (guint16)i }, NULL);
      g_autofree char *text = tn_shape_to_text (&shape);

      g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", text);
    }
  return g_string_free (out, FALSE);
}

/* The same of a recorded list of shapes. */
static char *
describe_shapes (const TnValue *shapes)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < tn_value_size (shapes); i++)
    {
      g_autofree char *text = NULL;
      TnShape shape;

      g_assert_true (tn_shape_from_value (tn_value_at (shapes, i), &shape));
      text = tn_shape_to_text (&shape);
      g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", text);
    }
  return g_string_free (out, FALSE);
}

/* Is what came out when the layer was executed a case of what is inferred? */
static gboolean
fits_run (const TnFacts *facts, const TnNode *node, const TnValue *runs_as)
{
  if (tn_value_size (runs_as) != tn_node_n_outputs (node))
    return FALSE;
  for (guint i = 0; i < tn_value_size (runs_as); i++)
    {
      TnShape shape = tn_facts_shape (facts, (TnRef){ tn_node_id (node), 0, (guint16)i }, NULL);
      TnShape run;

      g_assert_true (tn_shape_from_value (tn_value_at (runs_as, i), &run));
      if (!tn_shape_compatible (&shape, &run))
        return FALSE;
    }
  return TRUE;
}

/* NULL when all weights are as recorded, in their order; else what they should be. */
static char *
judge_weights (const TnFacts *facts, guint index, const TnValue *entry)
{
  const TnValue *params = tn_value_lookup (entry, "params");
  const TnValue *expected = tn_value_lookup (entry, "weights");
  guint n_weights;
  const TnWeightSpec *weights = tn_facts_weights (facts, index, &n_weights);
  gint64 found = tn_facts_params (facts, index);

  if (params != NULL && found != tn_value_int (params))
    return g_strdup_printf ("with %" G_GINT64_FORMAT " parameters, not %" G_GINT64_FORMAT, found,
                            tn_value_int (params));
  if (expected == NULL)
    return NULL;
  if (tn_value_size (expected) != n_weights)
    return g_strdup_printf ("with %u weights, not %u", n_weights, (guint)tn_value_size (expected));
  for (guint i = 0; i < n_weights; i++)
    {
      const TnValue *weight = tn_value_at (expected, i);
      gboolean trainable = tn_value_size (weight) == 2;
      g_autofree char *text = tn_shape_to_text (&weights[i].shape);
      TnShape shape;

      g_assert_true (tn_shape_from_value (tn_value_at (weight, 1), &shape));
      if (!tn_shape_identical (&shape, &weights[i].shape) || weights[i].trainable != trainable)
        {
          g_autofree char *wanted = tn_value_to_text (weight);

          return g_strdup_printf ("weight %s %s%s is to be %s", weights[i].name, text,
                                  weights[i].trainable ? "" : ", not trained,", wanted);
        }
    }
  return NULL;
}

/* NULL when what was inferred without a fault is right. */
static char *
judge_accepted (const TnFacts *facts, const TnNode *node, const char *said, const TnValue *entry)
{
  const TnValue *shape = tn_value_lookup (entry, "output_shape");
  const TnValue *shapes = tn_value_lookup (entry, "output_shapes");
  const TnValue *runs_as = tn_value_lookup (entry, "runs_as");
  const char *refused = tn_judge_string (entry, "error");
  g_autofree char *wanted = NULL;

  if (refused == NULL)
    refused = tn_judge_string (entry, "run_error");
  if (refused != NULL)
    return g_strdup_printf ("but Keras %s: %.120s",
                            tn_value_lookup (entry, "error") ? "refuses" : "cannot run it",
                            refused);
  if (runs_as != NULL)
    {
      wanted = describe_shapes (runs_as);
      return fits_run (facts, node, runs_as) ? NULL : g_strdup_printf ("but it runs as %s", wanted);
    }
  if (shape != NULL)
    {
      g_autoptr (TnValue) list = tn_value_new_list ((TnValue *[]){ tn_value_ref (shape) }, 1);

      wanted = describe_shapes (list);
    }
  else
    wanted = describe_shapes (shapes);
  if (!g_str_equal (said, wanted))
    return g_strdup_printf ("not %s", wanted);
  return judge_weights (facts, (guint)tn_graph_index (tn_facts_graph (facts), tn_node_id (node)),
                        entry);
}

/* NULL when what Keras builds, but cannot run, has the shapes and weights that Keras infers, and
 * Keras was seen to fail. */
static char *
judge_unrunnable (const TnFacts *facts, const TnNode *node, const TnValue *entry)
{
  const TnValue *shape = tn_value_lookup (entry, "output_shape");
  const TnValue *shapes = tn_value_lookup (entry, "output_shapes");
  g_autoptr (TnValue) list = NULL;
  g_autofree char *said = describe_outputs (facts, node), *wanted = NULL;

  if (tn_value_lookup (entry, "error") != NULL)
    return g_strdup_printf ("but Keras refuses: %.120s", tn_judge_string (entry, "error"));
  list = shape != NULL ? tn_value_new_list ((TnValue *[]){ tn_value_ref (shape) }, 1)
                       : tn_value_ref ((TnValue *)shapes);
  wanted = describe_shapes (list);
  if (!g_str_equal (said, wanted))
    return g_strdup_printf ("not %s", wanted);
  if (tn_value_lookup (entry, "run_error") == NULL && tn_value_lookup (entry, "runs_as") == NULL)
    return g_strdup ("though Keras was not seen to fail");
  return judge_weights (facts, (guint)tn_graph_index (tn_facts_graph (facts), tn_node_id (node)),
                        entry);
}

static void
run_case (TnJudge *judge, const TnValue *entry)
{
  const char *id = tn_judge_string (entry, "id"), *type = tn_judge_string (entry, "layer");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnFacts) facts = NULL;
  g_autofree char *said = NULL, *fault = NULL;
  const TnNode *node;
  gboolean legal = tn_value_lookup (entry, "error") == NULL;
  gboolean slip = tn_value_lookup (entry, "runs_as") || tn_value_lookup (entry, "run_error");

  if (tn_layer_find (type) == NULL)
    {
      tn_judge_skip (judge, type);
      return;
    }
  bytes = tn_case_model (entry);
  graph = tn_format_parse (bytes, id, NULL, &error);
  if (graph == NULL)
    {
      if (legal && !slip)
        fault = g_strdup_printf ("though it is legal: %s", error->message);
      else
        tn_judge_count (judge, "refused by the reader");
      tn_judge_case (judge, id, "refused", fault);
      return;
    }
  facts = tn_infer (graph, NULL, NULL);
  node = tn_graph_find_name (graph, TN_CASE_SUBJECT);
  g_assert_nonnull (node);
  if (tn_facts_has_errors (facts))
    {
      said = g_strdup ("refused");
      if (legal && !slip)
        fault = g_strdup_printf ("though it is legal: %s", tn_facts_issue (facts, 0)->message);
    }
  else if (tn_facts_obstacle (facts) != NULL)
    {
      g_autofree char *shapes = describe_outputs (facts, node);

      said = g_strconcat (shapes, ", cannot run", NULL);
      fault = judge_unrunnable (facts, node, entry);
    }
  else
    {
      said = describe_outputs (facts, node);
      fault = judge_accepted (facts, node, said, entry);
    }
  if (!legal)
    tn_judge_count (judge, "refused by Keras");
  else if (slip)
    tn_judge_count (judge, "slips of Keras, judged by what running gave");
  tn_judge_case (judge, id, said, fault);
}

static void
test_layers (void)
{
  TnJudge *judge = tn_judge_new ("layers.json");
  const TnValue *cases = tn_value_lookup (tn_judge_cases (judge), "cases");

  for (gsize i = 0; i < tn_value_size (cases); i++)
    run_case (judge, tn_value_at (cases, i));
  tn_judge_finish (judge, 2300);
}

/* ---- rules that no recorded case states ---- */

/* What Keras takes and refuses by its rules for configs; all of it beyond the recorded cases. */
static const struct
{
  const char *type, *config, *shapes; /* JSON */
  const char *output;                 /* NULL: refused */
} rules[] = {
  /* Names of initializers, regularizers and the like. */
  { "Dense", "{\"units\":4,\"kernel_initializer\":\"uniform\"}", "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"kernel_initializer\":\"normal\"}", "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"bias_initializer\":\"zero\"}", "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"bias_initializer\":\"one\"}", "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"kernel_initializer\":\"RandomUniform\"}", "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"kernel_initializer\":\"glorotUniform\"}", "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"kernel_initializer\":null}", "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"kernel_initializer\":\"nosuch\"}", "[[null,3]]", NULL },
  { "Dense", "{\"units\":4,\"kernel_regularizer\":\"l1l2\"}", "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"kernel_regularizer\":\"l3\"}", "[[null,3]]", NULL },
  { "Dense", "{\"units\":4,\"kernel_constraint\":\"MaxNorm\"}", "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"kernel_constraint\":\"nosuch\"}", "[[null,3]]", NULL },
  { "Dense", "{\"units\":4,\"activation\":\"hardSigmoid\"}", "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"activation\":\"Relu\"}", "[[null,3]]", NULL },
  { "Dense", "{\"units\":4,\"activation\":null}", "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"activation\":\"glu\"}", "[[null,3]]", "(None, 2)" },
  { "Activation", "{\"activation\":null}", "[[null,3]]", "(None, 3)" },
  /* Layers in place of an activation's name. */
  { "Dense",
    "{\"units\":4,\"activation\":{\"module\":\"keras.layers\",\"class_name\":\"LeakyReLU\","
    "\"config\":{\"name\":\"leaky_re_lu\",\"negative_slope\":0.1},\"registered_name\":null}}",
    "[[null,3]]", "(None, 4)" },
  { "Dense",
    "{\"units\":4,\"activation\":{\"class_name\":\"LeakyReLU\",\"config\":{\"alpha\":0.1}}}",
    "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"activation\":{\"class_name\":\"ReLU\",\"config\":{\"max_value\":-1}}}",
    "[[null,3]]", NULL },
  { "Dense", "{\"units\":4,\"activation\":{\"class_name\":\"ReLU\"}}", "[[null,3]]", NULL },
  { "Dense", "{\"units\":4,\"activation\":{\"class_name\":\"Nope\",\"config\":{}}}", "[[null,3]]",
    NULL },
  { "LSTM",
    "{\"units\":4,\"activation\":{\"class_name\":\"ELU\",\"config\":{}},"
    "\"recurrent_activation\":{\"class_name\":\"Softmax\",\"config\":{}}}",
    "[[null,5,3]]", "(None, 4)" },
  { "LSTM", "{\"units\":4,\"activation\":{\"class_name\":\"Dropout\",\"config\":{\"rate\":0}}}",
    "[[null,5,3]]", NULL },
  /* A tensor by itself is no list of one. */
  { "Average", "{}", "[[null,4]]", NULL },
  { "Concatenate", "{\"axis\":1}", "[[null,4,5]]", NULL },
  /* Types and the format of images. */
  { "Dense", "{\"units\":4,\"dtype\":\"mixed_float16\"}", "[[null,3]]", "(None, 4)" },
  { "Dense", "{\"units\":4,\"dtype\":\"float33\"}", "[[null,3]]", NULL },
  { "Conv2D", "{\"filters\":4,\"kernel_size\":3,\"padding\":\"SAME\"}", "[[null,5,5,3]]",
    "(None, 5, 5, 4)" },
  { "Conv2D", "{\"filters\":4,\"kernel_size\":3,\"data_format\":\"CHANNELS_FIRST\"}",
    "[[null,3,5,6]]", "(None, 4, 3, 4)" },
  { "Conv2D", "{\"filters\":4,\"kernel_size\":3,\"data_format\":\"channels\"}", "[[null,3,5,6]]",
    NULL },
  /* Entries that only other layers, or older versions, have. */
  { "Dense", "{\"units\":4,\"filters\":3}", "[[null,3]]", NULL },
  { "Conv2D", "{\"filters\":4,\"kernel_size\":3,\"unit\":1}", "[[null,5,5,3]]", NULL },
  { "Dense", "{\"units\":4,\"autocast\":true,\"quantization_config\":null}", "[[null,3]]",
    "(None, 4)" },
  { "Dense", "{\"units\":4,\"batch_input_shape\":[null,3]}", "[[null,3]]", "(None, 4)" },
  { "Embedding", "{\"input_dim\":9,\"output_dim\":4,\"input_length\":null}", "[[null,3]]",
    "(None, 3, 4)" },
  { "LeakyReLU", "{\"alpha\":0.2}", "[[null,3]]", "(None, 3)" },
  { "LeakyReLU", "{\"alpha\":-0.2}", "[[null,3]]", NULL },
  { "DepthwiseConv2D", "{\"kernel_size\":3,\"groups\":1}", "[[null,5,5,3]]", "(None, 3, 3, 3)" },
  { "DepthwiseConv2D", "{\"kernel_size\":3,\"groups\":3}", "[[null,5,5,3]]", NULL },
  { "BatchNormalization", "{\"fused\":true,\"axis\":[3]}", "[[null,5,5,3]]", "(None, 5, 5, 3)" },
  { "SpatialDropout2D", "{\"rate\":0.5,\"noise_shape\":null}", "[[null,5,5,3]]",
    "(None, 5, 5, 3)" },
  { "LSTM", "{\"units\":4,\"implementation\":2,\"time_major\":false}", "[[null,5,3]]",
    "(None, 4)" },
  { "LSTM", "{\"units\":4,\"time_major\":true}", "[[null,5,3]]", NULL },
  /* Numbers of the wrong kind, tuples of the wrong length, nothing where something is needed. */
  { "Dense", "{}", "[[null,3]]", NULL },
  { "Dense", "{\"units\":4.0}", "[[null,3]]", NULL },
  { "Conv1D", "{\"filters\":4,\"kernel_size\":[3,3]}", "[[null,9,3]]", NULL },
  { "Conv2D", "{\"filters\":4,\"kernel_size\":\"3\"}", "[[null,9,9,3]]", NULL },
  { "Conv2D", "{\"filters\":4,\"kernel_size\":3,\"strides\":null}", "[[null,9,9,3]]", NULL },
  { "MaxPooling2D", "{\"pool_size\":[2,0]}", "[[null,9,9,3]]", NULL },
  { "UpSampling2D", "{\"size\":[2,2,2]}", "[[null,9,9,3]]", NULL },
  { "Permute", "{\"dims\":[1,1]}", "[[null,9,3]]", NULL },
  { "Reshape", "{\"target_shape\":784}", "[[null,784]]", NULL },
  { "Flatten", "{}", "[[8,null,3]]", "(8, None)" },
  { "Dense", "{\"units\":9223372036854775807}", "[[null,9223372036854775807]]", NULL },
};

static void
test_rules (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("{\"layer\":\"%s\",\"config\":%s,\"input_shapes\":%s}", rules[i].type,
                             rules[i].config, rules[i].shapes);
      g_autoptr (GBytes) json = g_bytes_new_static (text, strlen (text));
      g_autoptr (GError) error = NULL;
      g_autoptr (TnValue) entry = tn_format_json_parse (json, rules[i].config, &error);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (TnGraph) graph = NULL;
      g_autoptr (TnFacts) facts = NULL;
      g_autofree char *said = NULL;

      g_assert_no_error (error);
      bytes = tn_case_model (entry);
      graph = tn_format_parse (bytes, rules[i].config, NULL, &error);
      g_assert_no_error (error);
      facts = tn_infer (graph, NULL, NULL);
      if (!tn_facts_has_errors (facts))
        said = describe_outputs (facts, tn_graph_find_name (graph, TN_CASE_SUBJECT));
      if (g_strcmp0 (said, rules[i].output) != 0)
        g_error ("%s %s: %s, not %s: %s", rules[i].type, rules[i].config,
                 said != NULL ? said : "refused",
                 rules[i].output != NULL ? rules[i].output : "refused",
                 said != NULL ? "" : tn_facts_issue (facts, 0)->message);
    }
}

/* ---- how layers are called ---- */

static TnGraph *
read_case (const char *text)
{
  g_autoptr (GBytes) json = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (TnValue) entry = tn_format_json_parse (json, "a call", &error);
  g_autoptr (GBytes) bytes = NULL;
  TnGraph *graph;

  g_assert_no_error (error);
  bytes = tn_case_model (entry);
  graph = tn_format_parse (bytes, "a call", NULL, &error);
  g_assert_no_error (error);
  return graph;
}

/* The one error is @code, which a repair mends. */
static void
assert_mended (const char *what, const TnFacts *facts, const char *code)
{
  const TnIssue *issue = tn_facts_obstacle (facts);
  g_autoptr (TnAdvice) advice = tn_advise (facts, NULL);
  guint position = 0;

  if (issue == NULL || strcmp (issue->code, code) != 0)
    g_error ("%s: not %s, but %s", what, code, issue != NULL ? issue->message : "accepted");
  while (tn_facts_issue (facts, position) != issue)
    position++;
  g_assert_cmpuint (tn_advice_n_fixes (advice, position), >, 0);
  for (guint i = 0; i < tn_advice_n_fixes (advice, position); i++)
    {
      const TnFix *fix = tn_advice_fix (advice, position, i);
      g_autoptr (TnFacts) after = tn_infer (fix->graph, NULL, NULL);

      if (tn_facts_obstacle (after) != NULL)
        g_error ("%s: after “%s”: %s", what, fix->label, tn_facts_obstacle (after)->message);
    }
}

/* A wrong call opens, is told as a fault of the layer, is written as it was read, and mended. */
static void
test_calls (void)
{
  static const struct
  {
    const char *layer, *call, *shapes;
    const char *code; /* NULL: legal */
  } calls[] = {
    { "\"Dense\",\"config\":{\"units\":4}", "list", "[null,4],[null,4]", "too-many-inputs" },
    { "\"Flatten\",\"config\":{}", "list", "[null,4],[null,4],[null,4]", "too-many-inputs" },
    { "\"Subtract\",\"config\":{}", "list", "[null,4],[null,4],[null,4]", "too-many-inputs" },
    { "\"Dot\",\"config\":{\"axes\":1}", "list", "[null,4],[null,4],[null,4]", "too-many-inputs" },
    { "\"Attention\",\"config\":{}", "list", "[null,7,3],[null,5,3],[null,5,3],[null,5,3]",
      "too-many-inputs" },
    { "\"Add\",\"config\":{}", "positional", "[null,4],[null,4]", "call-form" },
    { "\"Attention\",\"config\":{}", "positional", "[null,7,3],[null,5,3]", "call-form" },
    { "\"MultiHeadAttention\",\"config\":{\"num_heads\":2,\"key_dim\":4}", "list",
      "[null,7,3],[null,5,3]", "call-form" },
    { "\"LSTM\",\"config\":{\"units\":3}", "list", "[null,7,3],[null,3],[null,3]", "call-form" },
    { "\"MultiHeadAttention\",\"config\":{\"num_heads\":2,\"key_dim\":4}", "positional",
      "[null,7,3],[null,5,3],[null,5,6]", NULL },
    { "\"GlobalAveragePooling1D\",\"config\":{}", "positional", "[null,7,3],[null,7]", NULL },
    { "\"Add\",\"config\":{}", "list", "[null,4],[null,4],[null,4]", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("{\"layer\":%s,\"call\":\"%s\",\"input_shapes\":[%s]}", calls[i].layer,
                             calls[i].call, calls[i].shapes);
      g_autoptr (TnGraph) graph = read_case (text);
      g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
      g_autoptr (GBytes) written = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (TnGraph) again = NULL;
      g_autoptr (TnFacts) reread = NULL;

      if (calls[i].code == NULL)
        {
          g_assert_null (tn_facts_obstacle (facts));
          continue;
        }
      assert_mended (text, facts, calls[i].code);
      written = tn_format_write_keras (graph);
      again = tn_format_parse (written, "again", NULL, &error);
      g_assert_no_error (error);
      reread = tn_infer (again, NULL, NULL);
      assert_mended (text, reread, calls[i].code);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keras/layers", test_layers);
  g_test_add_func ("/keras/rules", test_rules);
  g_test_add_func ("/keras/calls", test_calls);
  return g_test_run ();
}
