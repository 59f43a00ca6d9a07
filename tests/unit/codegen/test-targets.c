/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of targets, what they refuse, and how the settings of a layer are spelled. */
#include <string.h>

#include "base/tn-error.h"
#include "codegen/tn-code-private.h"
#include "graph/tn-draft.h"

static void
test_table (void)
{
  for (guint i = 0; tn_code_targets ()[i] != NULL; i++)
    {
      const TnCodeTarget *target = tn_code_targets ()[i];

      g_assert_true (tn_code_find (target->name) == target);
      g_assert_nonnull (tn_code_find_ending (target->ending));
      g_assert_nonnull (target->label);
    }
  g_assert_true (tn_code_find ("KERAS-code") == &tn_code_keras);
  g_assert_true (tn_code_find_ending ("PY") == &tn_code_keras);
  g_assert_null (tn_code_find ("cobol"));
  g_assert_null (tn_code_find_ending (""));
}

/* A node of class @type with settings "name", "text", …, NULL. */
static const TnNode *
add (TnDraft *draft, const char *type, const char *const *settings)
{
  TnNodeId id = tn_draft_add (draft, &tn_layer_find (type)->schema, "x", FALSE, NULL);

  for (; *settings != NULL; settings += 2)
    {
      g_autoptr (TnReport) report = tn_report_new ();

      if (!tn_draft_set_text (draft, id, settings[0], settings[1], report))
        g_error ("%s", tn_report_first (report));
    }
  return tn_draft_find (draft, id);
}

static void
test_arguments (void)
{
  static const struct
  {
    const char *type;
    const char *settings[9];
    const char *expected;
  } cases[] = {
    { "Dense", { "units", "64" }, "64, name=\"x\"" },
    { "Dense",
      { "units", "64", "activation", "linear", "use_bias", "True", "kernel_initializer",
        "glorot_uniform" },
      "64, name=\"x\"" },
    { "Dense",
      { "units", "64", "activation", "relu", "use_bias", "False" },
      "64, activation=\"relu\", use_bias=False, name=\"x\"" },
    { "Conv2D",
      { "filters", "8", "kernel_size", "3", "strides", "1", "padding", "SAME" },
      "8, kernel_size=(3, 3), padding=\"same\", name=\"x\"" },
    { "Conv2D",
      { "filters", "8", "kernel_size", "(3, 5)", "strides", "2" },
      "8, kernel_size=(3, 5), strides=(2, 2), name=\"x\"" },
    { "Dense",
      { "units", "1", "kernel_initializer", "{'class_name': 'HeNormal', 'config': {'seed': None}}",
        "bias_initializer", "{'class_name': 'Zeros', 'config': {}}" },
      "1, kernel_initializer=\"he_normal\", name=\"x\"" },
    { "Dense",
      { "units", "1", "kernel_initializer", "{'class_name': 'GlorotUniform', 'config': {}}" },
      "1, name=\"x\"" },
    { "Dense",
      { "units", "1", "kernel_regularizer",
        "{'class_name': 'L1L2', 'config': {'l1': 0.5, 'l2': 1}}", "kernel_constraint",
        "{'class_name': 'MaxNorm', 'config': {'max_value': 2, 'axis': 0}}" },
      "1, kernel_regularizer=keras.regularizers.L1L2(l1=0.5, l2=1), "
      "kernel_constraint=keras.constraints.MaxNorm(max_value=2, axis=0), name=\"x\"" },
    { "Dense",
      { "units", "1", "kernel_regularizer",
        "{'class_name': 'Own', 'config': {'a': 1}, 'registered_name': 'mine>Own'}" },
      "1, kernel_regularizer=keras.regularizers.deserialize({\"class_name\": \"Own\", \"config\": "
      "{\"a\": 1}, \"registered_name\": \"mine>Own\"}), name=\"x\"" },
    { "Dense",
      { "units", "1", "kernel_initializer", "{'class_name': 'x();import os', 'config': {'a': 1}}" },
      "1, kernel_initializer=keras.initializers.deserialize({\"class_name\": \"x();import os\", "
      "\"config\": {\"a\": 1}}), name=\"x\"" },
    { "MaxPooling2D", { "pool_size", "3", "strides", "3" }, "pool_size=(3, 3), name=\"x\"" },
    { "MaxPooling2D", { "strides", "1" }, "strides=(1, 1), name=\"x\"" },
    { "AveragePooling2D", { "pool_size", "2", "strides", "2" }, "(2, 2), name=\"x\"" },
    { "ReLU", { "max_value", "6" }, "max_value=6, name=\"x\"" },
    { "Dropout",
      { "rate", "0.5", "noise_shape", "(None, 1)", "seed", "7" },
      "0.5, noise_shape=(None, 1), seed=7, name=\"x\"" },
    { "Reshape", { "target_shape", "(-1, 4)" }, "(-1, 4), name=\"x\"" },
    { "Softmax", { "axis", "(1, 2)" }, "axis=(1, 2), name=\"x\"" },
    { "Add", { NULL }, "name=\"x\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      g_autoptr (GPtrArray) arguments
          = tn_code_keras_arguments (add (draft, cases[i].type, cases[i].settings));
      g_autofree char *text = NULL;

      g_ptr_array_add (arguments, NULL);
      text = g_strjoinv (", ", (char **)arguments->pdata);
      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_node_arguments (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  static const char *const settings[] = { "rate", "0.5", NULL };
  const TnNode *node = add (draft, "Dropout", settings);
  g_autoptr (TnValue) dtype = tn_value_from_text (
      "{'dtype': {'class_name': 'DTypePolicy', 'config': {'name': 'mixed_float16'}}}", NULL);
  g_autoptr (GPtrArray) arguments = NULL;
  TnNodeId id = tn_node_id (node);

  tn_draft_set_extras (draft, id, dtype);
  tn_draft_set_trainable (draft, id, FALSE);
  arguments = tn_code_keras_arguments (tn_draft_find (draft, id));
  g_assert_cmpuint (arguments->len, ==, 4);
  g_assert_cmpstr (arguments->pdata[1], ==, "dtype=\"mixed_float16\"");
  g_assert_cmpstr (arguments->pdata[2], ==, "trainable=False");
}

/* Every layer of the catalogue, alone and not wired: there is no code of that (a lone input has no
 * output), but all else is written. */
static void
test_catalogue (void)
{
  for (guint i = 0; i < tn_layer_count (); i++)
    {
      const TnLayer *layer = tn_layer_at (i);
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      g_autoptr (TnGraph) graph = NULL;
      g_autoptr (TnFacts) facts = NULL;

      tn_draft_add (draft, &layer->schema, NULL, TRUE, NULL);
      graph = tn_draft_finish (draft);
      facts = tn_infer (graph, NULL, NULL);
      for (guint j = 0; tn_code_targets ()[j] != NULL; j++)
        {
          const TnCodeTarget *target = tn_code_targets ()[j];
          g_autoptr (GError) error = NULL;
          GString *text = tn_code_write (target, facts, &error);

          if (target->needs_sound)
            {
              g_assert_error (error, TN_ERROR, TN_ERROR_MODEL);
              g_assert_null (text);
              continue;
            }
          g_assert_no_error (error);
          g_assert_true (g_str_has_suffix (text->str, "\n"));
          g_assert_true (g_utf8_validate (text->str, (gssize)text->len, NULL));
          g_string_free (text, TRUE);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codegen/targets/table", test_table);
  g_test_add_func ("/codegen/targets/arguments", test_arguments);
  g_test_add_func ("/codegen/targets/node-arguments", test_node_arguments);
  g_test_add_func ("/codegen/targets/catalogue", test_catalogue);
  return g_test_run ();
}
