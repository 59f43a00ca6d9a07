/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keras's own sentences, against those that Keras was seen to print. */
#include <gio/gio.h>
#include <string.h>

#include "../cases/tn-cases.h"
#include "formats/tn-format.h"
#include "graph/tn-draft.h"
#include "infer/tn-keras-words.h"

#define MOST_INPUTS 8

/* Whose every error must be said in Keras's words, or stand among the reasons below. */
static const char *const worded[] = { "InputLayer",
                                      "Dense",
                                      "Activation",
                                      "Conv2D",
                                      "Flatten",
                                      "Reshape",
                                      "MaxPooling2D",
                                      "AveragePooling2D",
                                      "Add",
                                      "ReLU",
                                      "GlobalAveragePooling2D",
                                      "Concatenate",
                                      "Dropout",
                                      "Softmax",
                                      "BatchNormalization",
                                      NULL };

/* What begins like this is left out. */
static const struct
{
  const char *error, *why;
} left_out[] = {
  { "not all arguments converted", "Python's complaint about an axis that is a text" },
  { "unsupported operand type(s) for %: 'NoneType' and 'int'",
    "a Concatenate without an axis: Python's complaint" },
  { "invalid literal for int()", "Python's complaint about an axis that is a text" },
  { "Invalid value received for argument `noise_shape`",
    "names the type in Python's words, and an element that no file of ours can hold" },
  { "Shapes used to initialize variables", "a convolution with filters=None" },
};

static const char *
case_string (const TnValue *entry, const char *key)
{
  const TnValue *value = tn_value_lookup (entry, key);

  return value != NULL && tn_value_kind (value) == TN_VALUE_STRING ? tn_value_string (value) : NULL;
}

/* The layer of the case in a graph, with an input for each shape; NULL when it cannot be drawn. */
static TnGraph *
state_case (const TnValue *entry, const TnLayer *layer)
{
  static const char *const elsewhere[]
      = { "name", "trainable", "dtype", "lora_rank", "lora_alpha", "quantization_config", NULL };
  const TnValue *shapes = tn_value_lookup (entry, "input_shapes");
  const TnValue *config = tn_value_lookup (entry, "config");
  gboolean list = g_strcmp0 (case_string (entry, "call"), "list") == 0;
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  const TnSchema *input = &tn_layer_find ("InputLayer")->schema;
  gsize n = tn_value_size (shapes);
  TnNodeId id;

  if (n == 0 || n > MOST_INPUTS || n > layer->schema.max_inputs
      || (layer->schema.max_inputs > 1 && !list))
    return NULL;
  tn_draft_set_dense_inputs (draft, TN_DENSE_ANY);
  id = tn_draft_add (draft, &layer->schema, NULL, FALSE, NULL);
  for (gsize slot = 0; slot < n; slot++)
    {
      TnNodeId source = tn_draft_add (draft, input, NULL, FALSE, NULL);

      if (tn_value_size (tn_value_at (shapes, slot)) == 0)
        return NULL;
      tn_draft_set (draft, source, 0, tn_value_at (shapes, slot), FALSE, NULL);
      tn_draft_connect (draft, (TnRef){ source, 0, 0 }, id, 0, (guint)slot, NULL);
    }
  for (gsize i = 0; i < tn_value_size (config); i++)
    {
      int param = tn_schema_param (&layer->schema, tn_value_key_at (config, i));

      if (param >= 0)
        tn_draft_set (draft, id, (guint)param, tn_value_at (config, i), FALSE, NULL);
      else if (!g_strv_contains (elsewhere, tn_value_key_at (config, i)))
        return NULL;
    }
  return tn_draft_finish (draft);
}

static gboolean
is_left_out (const char *error)
{
  for (guint i = 0; i < G_N_ELEMENTS (left_out); i++)
    if (g_str_has_prefix (error, left_out[i].error))
      return TRUE;
  return FALSE;
}

/* What a case came to. */
typedef struct
{
  guint equal;  /* Keras's words, letter by letter */
  guint silent; /* legal in Keras, and nothing is said */
  guint other;  /* left out, or of a class without words */
  GString *faults;
} Tally;

static void
judge_case (const TnValue *entry, const TnFacts *facts, Tally *tally)
{
  const char *error = case_string (entry, "error"), *id = case_string (entry, "id");
  g_autoptr (GString) said = g_string_new (NULL);
  gboolean equal = FALSE;

  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    {
      g_autofree char *words = tn_keras_words (facts, tn_facts_issue (facts, i));

      if (words == NULL)
        continue;
      /* The texts were kept without the blank that an empty value leaves at their end. */
      equal = equal || g_strcmp0 (g_strchomp (words), error) == 0;
      g_string_append_printf (said, "\n  %s", words);
    }
  if (error == NULL)
    {
      if (said->len > 0 && tn_value_lookup (entry, "run_error") == NULL
          && tn_value_lookup (entry, "runs_as") == NULL)
        g_string_append_printf (tally->faults, "%s is legal in Keras, but:%s\n", id, said->str);
      tally->silent++;
    }
  else if (equal)
    tally->equal++;
  else if (said->len > 0)
    g_string_append_printf (tally->faults, "%s: Keras says\n  %s\nnot%s\n", id, error, said->str);
  else if (is_left_out (error) || !g_strv_contains (worded, case_string (entry, "layer")))
    tally->other++;
  else
    g_string_append_printf (tally->faults, "%s: nothing is said, but Keras says\n  %s\n", id,
                            error);
}

static void
test_cases (void)
{
  g_autoptr (GBytes) bytes = tn_cases_load ("tests/cases/layers.json.gz");
  g_autoptr (GError) error = NULL;
  g_autoptr (TnValue) file = tn_format_json_parse (bytes, "layers.json.gz", &error);
  g_autoptr (GString) faults = g_string_new (NULL);
  const TnValue *cases = tn_value_lookup (file, "cases");
  Tally tally = { .faults = faults };

  g_assert_no_error (error);
  for (gsize i = 0; i < tn_value_size (cases); i++)
    {
      const TnValue *entry = tn_value_at (cases, i);
      const TnLayer *layer = tn_layer_find (case_string (entry, "layer"));
      g_autoptr (TnGraph) graph = layer != NULL ? state_case (entry, layer) : NULL;
      g_autoptr (TnFacts) facts = graph != NULL ? tn_infer (graph, NULL, NULL) : NULL;

      if (facts != NULL)
        judge_case (entry, facts, &tally);
    }
  g_test_message ("%u errors in Keras's words, %u without, %u legal cases", tally.equal,
                  tally.other, tally.silent);
  if (faults->len > 0)
    g_error ("words that are not Keras's:\n%s", faults->str);
  g_assert_cmpuint (tally.equal, >, 180);
  g_assert_cmpuint (tally.silent, >, 300);
}

/* What no layer alone can show: kernels that exist, layers with names, what is legal. */
typedef struct
{
  const char *settings; /* "units=4" and so on, of one parameter */
  const char *type, *name, *input, *pin;
  TnDenseInputs rule;
  const char *code, *words;
} Model;

static const Model models[] = {
  { "units=256", "Dense", "dense_6", "(None, 4096)", "(None, 256)", TN_DENSE_FLAT, "dense-width",
    "Input 0 with name 'None' of layer 'dense_6' is incompatible with the layer: expected axis -1 "
    "of input shape to have value 256, but received input with shape (None, 4096)" },
  { "data_format=channels_first", "Conv2D", "first conv", "(None, 4, 9, 9)", "(None, 3, 9, 9)",
    TN_DENSE_FLAT, "kernel-width",
    "Input 0 with name 'None' of layer 'first conv' is incompatible with the layer: expected axis "
    "1 of input shape to have value 3, but received input with shape (None, 4, 9, 9)" },
  { "axis=1", "BatchNormalization", "bn", "(None, 4, 9)", "(None, 3, 9)", TN_DENSE_FLAT,
    "kernel-width",
    "Input 0 with name 'None' of layer 'bn' is incompatible with the layer: expected axis 1 of "
    "input shape to have value 3, but received input with shape (None, 4, 9)" },
  { "units=256", "Dense", "dense", "(None, 11, 11, 64)", NULL, TN_DENSE_FLAT, "dense-rank", NULL },
  { "units=256", "Dense", "dense", "(None, 11, 11, 64)", NULL, TN_DENSE_ANY, "dense-rank", NULL },
  { "shape=(16210, 4096)", "Target", "labels", "(None, 256)", NULL, TN_DENSE_FLAT, "target-shape",
    NULL },
};

static void
test_model (gconstpointer data)
{
  const Model *model = data;
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_auto (GStrv) setting = g_strsplit (model->settings, "=", 2);
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnFacts) facts = NULL;
  const TnIssue *issue;
  g_autofree char *words = NULL;
  TnNodeId input, node;
  TnShape pin;

  input = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, NULL, FALSE, NULL);
  node = tn_draft_add (draft, &tn_layer_find (model->type)->schema, model->name, TRUE, NULL);
  g_assert_true (tn_draft_set_text (draft, input, "batch_shape", model->input, NULL));
  g_assert_true (tn_draft_set_text (draft, node, setting[0], setting[1], NULL));
  g_assert_true (tn_draft_connect (draft, (TnRef){ input, 0, 0 }, node, 0, 0, NULL));
  tn_draft_set_dense_inputs (draft, model->rule);
  if (model->pin != NULL)
    {
      g_assert_true (tn_shape_from_text (model->pin, &pin));
      tn_draft_pin (draft, node, &pin);
    }
  graph = tn_draft_finish (draft);
  facts = tn_infer (graph, NULL, NULL);
  issue = tn_facts_node_issue (facts, node);
  g_assert_nonnull (issue);
  g_assert_cmpstr (issue->code, ==, model->code);
  words = tn_keras_words (facts, issue);
  g_assert_cmpstr (words, ==, model->words);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keras-words/cases", test_cases);
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *path = g_strdup_printf ("/keras-words/models/%s-%u", models[i].code, i);

      g_test_add_data_func (path, &models[i], test_model);
    }
  return g_test_run ();
}
