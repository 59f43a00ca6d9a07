/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each layer's own examples, its arithmetic and its documentation. */
#include <gio/gio.h>
#include <string.h>

#include "base/tn-i18n.h"

#include "tn-examples.h"

static const char *const sources[MOST_INPUTS] = { "a", "b", "c", "d", "e", "f", "g", "h" };

static gboolean
has_code (const TnReport *report, const char *code)
{
  for (guint i = 0; i < tn_report_size (report); i++)
    if (strcmp (tn_report_issue (report, i)->code, code) == 0)
      return TRUE;
  return FALSE;
}

/* Of the first output, or of all of them. */
static char *
outputs_text (const TnLayerResult *result, gboolean all)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < (all ? result->n_outputs : MIN (result->n_outputs, 1)); i++)
    {
      g_autofree char *one = tn_shape_to_text (&result->outputs[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? "; " : "", one);
    }
  return g_string_free (text, FALSE);
}

static void
test_example (gconstpointer data)
{
  const TnLayer *layer = data;

  for (const TnLayerExample *example = layer->examples; example->settings != NULL; example++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      g_autoptr (TnReport) report = tn_report_new ();
      TnShape inputs[MOST_INPUTS];
      guint n_inputs = parse_inputs (example->inputs, inputs);
      TnNodeId id = tn_node_id (make_node (draft, layer, n_inputs));
      TnLayerResult result = { 0 };

      apply_settings (draft, id, example->settings);
      tn_layer_apply (tn_draft_find (draft, id), TN_DENSE_FLAT, 0, inputs, sources, n_inputs,
                      &result, report);
      if (example->issue != NULL)
        {
          if (!has_code (report, example->issue))
            g_error ("%s %s on %s: no issue %s but %s", layer->schema.type, example->settings,
                     example->inputs, example->issue, tn_report_first (report));
        }
      else
        {
          g_autofree char *got = outputs_text (&result, strchr (example->output, ';') != NULL);

          if (tn_report_size (report) > 0)
            g_error ("%s %s on %s: %s", layer->schema.type, example->settings, example->inputs,
                     tn_report_first (report));
          g_assert_cmpstr (got, ==, example->output);
        }
      tn_layer_result_clear (&result);
    }
}

/* What is said of how a dim came about. */
static void
test_arithmetic (void)
{
  static const struct
  {
    const char *type, *settings, *input;
    int axis;
    const char *text; /* without the leading "57 =" */
  } expected[] = {
    { "Conv1D", "filters=4, kernel_size=3", "(None, 10, 3)", 1, "10 − 3 + 1" },
    { "Conv1D", "filters=4, kernel_size=3, padding=causal, strides=3", "(None, 10, 3)", 1,
      "⌈10/3⌉" },
    { "MaxPooling3D", "", "(None, 8, 7, 6, 3)", 2, "⌊7/2⌋" },
    { "AveragePooling1D", "pool_size=3, strides=2", "(None, 10, 3)", 1, "⌊(10 − 3)/2⌋ + 1" },
    { "DepthwiseConv2D", "kernel_size=3, depth_multiplier=2", "(None, 8, 8, 5)", 3, "5 × 2" },
    { "DepthwiseConv2D", "kernel_size=3", "(None, 8, 8, 5)", 3, NULL },
    { "SeparableConv1D", "filters=7, kernel_size=3", "(None, 8, 5)", 2, NULL },
    { "Conv2DTranspose", "filters=4, kernel_size=3, strides=2", "(None, 28, 28, 3)", 1,
      "28 × 2 + max(3 − 2, 0)" },
    { "Conv2DTranspose", "filters=4, kernel_size=3, strides=2, padding=same", "(None, 28, 28, 3)",
      2, "28 × 2" },
    { "Conv1DTranspose", "filters=4, kernel_size=3, strides=2, output_padding=1", "(None, 28, 3)",
      1, "(28 − 1) × 2 + 3 + 1" },
    { "Conv1DTranspose", "filters=4, kernel_size=3, strides=2, padding=same, output_padding=0",
      "(None, 28, 3)", 1, "(28 − 1) × 2 + 3 mod 2 + 0" },
    { "Conv1DTranspose", "filters=4, kernel_size=3, dilation_rate=2", "(None, 28, 3)", 1,
      "28 + 5 − 1, 5 = (3 − 1) × 2 + 1" },
    { "AdaptiveMaxPooling1D", "output_size=4", "(None, 28, 3)", 1, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      TnNodeId id = tn_node_id (make_node (draft, tn_layer_find (expected[i].type), 1));
      g_autoptr (TnTrace) trace = NULL;
      g_autoptr (GArray) leaves = NULL;
      g_autofree char *text = NULL;
      TnShape input;

      apply_settings (draft, id, expected[i].settings);
      g_assert_cmpuint (parse_inputs (expected[i].input, &input), ==, 1);
      trace = tn_layer_trace (tn_draft_find (draft, id), TN_DENSE_FLAT, 0, &input, sources, 1);
      g_assert_true (tn_trace_explain (trace, 0, expected[i].axis, &text, &leaves));
      g_assert_cmpstr (text, ==, expected[i].text);
      g_assert_cmpuint (leaves->len, >, 0);
    }
}

/* A sentence: starts with a capital or a parameter's own word, ends with a full stop. */
static void
assert_sentence (const char *text, const char *whose)
{
  if (text == NULL || strlen (text) < 20 || !g_str_has_suffix (text, "."))
    g_error ("%s: “%s” is no sentence of help", whose, text);
}

static void
test_documentation (void)
{
  g_autoptr (GHashTable) types = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < tn_layer_count (); i++)
    {
      const TnLayer *layer = tn_layer_at (i);

      assert_sentence (layer->summary, layer->schema.type);
      g_assert_nonnull (layer->label);
      g_assert_nonnull (layer->keywords);
      g_assert_nonnull (layer->icon);
      g_assert_nonnull (layer->examples);
      if (layer->schema.module != NULL)
        g_assert_true (tn_layer_find_operation (layer->schema.module, layer->schema.type) == layer);
      else
        {
          g_assert_true (g_hash_table_add (types, (gpointer)layer->schema.type));
          g_assert_true (tn_layer_find (layer->schema.type) == layer);
        }
      g_assert_cmpuint (tn_layer_match (layer, layer->schema.type), >, 0);
      for (guint p = 0; p < layer->schema.n_params; p++)
        {
          const TnParam *param = &layer->schema.params[p];
          g_autofree char *whose = g_strconcat (layer->schema.type, ".", param->name, NULL);
          g_autoptr (TnValue) fallback = tn_param_default (param);

          assert_sentence (param->help, whose);
          g_assert_nonnull (param->label);
          /* Placing a layer must never place a mistake. */
          if (param->flags & TN_PARAM_REQUIRED)
            g_assert_nonnull (param->suggestion);
          else
            g_assert_true (tn_param_check (param, fallback, NULL));
          if (param->suggestion != NULL)
            {
              g_autoptr (TnValue) value = tn_value_from_text (param->suggestion, NULL);

              g_assert_true (tn_param_check (param, value, NULL));
            }
        }
    }
}

static void
test_search (void)
{
  static const struct
  {
    const char *query, *type;
  } expected[] = {
    { "fully connected", "Dense" }, { "linear", "Dense" },          { "conv", "Conv2D" },
    { "maxpool", "MaxPooling2D" },  { "bn", "BatchNormalization" }, { "labels", "Target" },
    { "residual", "Add" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const TnLayer *best = NULL;

      for (guint j = 0; j < tn_layer_count (); j++)
        if (best == NULL
            || tn_layer_match (tn_layer_at (j), expected[i].query)
                   > tn_layer_match (best, expected[i].query))
          best = tn_layer_at (j);
      g_assert_cmpstr (best->schema.type, ==, expected[i].type);
    }
  g_assert_cmpuint (tn_layer_match (tn_layer_find ("Dense"), "zzz"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < tn_layer_count (); i++)
    {
      g_autofree char *path
          = g_strconcat (tn_layer_at (i)->schema.module != NULL ? "/catalogue/operations/"
                                                                : "/catalogue/examples/",
                         tn_layer_at (i)->schema.type, NULL);

      g_test_add_data_func (path, tn_layer_at (i), test_example);
    }
  g_test_add_func ("/catalogue/arithmetic", test_arithmetic);
  g_test_add_func ("/catalogue/documentation", test_documentation);
  g_test_add_func ("/catalogue/search", test_search);
  return g_test_run ();
}
