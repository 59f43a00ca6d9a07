/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Single layers against what Keras computes: weights, inputs and outputs from a file of cases. */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "../cases/tn-cases.h"

#include "exec/tn-run.h"
#include "graph/tn-draft.h"

#define TOLERANCE 1e-4

static TnValue *
value_of (JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_NULL:
      return tn_value_new_none ();
    case JSON_NODE_VALUE:
      {
        GType type = json_node_get_value_type (node);
        if (type == G_TYPE_BOOLEAN)
          return tn_value_new_bool (json_node_get_boolean (node));
        if (type == G_TYPE_INT64)
          return tn_value_new_int (json_node_get_int (node));
        if (type == G_TYPE_DOUBLE)
          return tn_value_new_float (json_node_get_double (node));
        return tn_value_new_string (json_node_get_string (node));
      }
    case JSON_NODE_ARRAY:
      {
        JsonArray *array = json_node_get_array (node);
        guint n = json_array_get_length (array);
        g_autofree TnValue **items = g_new0 (TnValue *, n + 1);
        for (guint i = 0; i < n; i++)
          items[i] = value_of (json_array_get_element (array, i));
        return tn_value_new_list (items, n);
      }
    case JSON_NODE_OBJECT:
    default:
      {
        TnValue *dict = tn_value_new_dict (NULL, NULL, 0);
        JsonObjectIter iter;
        const char *key;
        JsonNode *member;
        json_object_iter_init (&iter, json_node_get_object (node));
        while (json_object_iter_next (&iter, &key, &member))
          {
            g_autoptr (TnValue) item = value_of (member);
            TnValue *next = tn_value_with (dict, key, item);
            tn_value_unref (dict);
            dict = next;
          }
        return dict;
      }
    }
}

static TnTensor *
tensor_of (JsonObject *object)
{
  g_autoptr (TnValue) sizes = value_of (json_object_get_member (object, "shape"));
  JsonArray *data = json_object_get_array_member (object, "data");
  TnShape shape;

  g_assert_true (tn_shape_from_value (sizes, &shape));
  TnTensor *tensor = tn_tensor_new (TN_DTYPE_FLOAT32, &shape);
  g_assert_cmpuint (json_array_get_length (data), ==, tn_tensor_elements (tensor));
  for (guint i = 0; i < json_array_get_length (data); i++)
    tn_tensor_floats (tensor)[i] = (float)json_array_get_double_element (data, i);
  return tensor;
}

typedef struct
{
  TnGraph *graph;
  GHashTable *inputs;
  GHashTable *weights;
  gint64 samples;
} Model;

static Model
build (JsonObject *item)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnReport) report = tn_report_new ();
  const char *type = json_object_get_string_member (item, "layer");
  const TnLayer *layer = tn_layer_find (type);
  Model model = { .inputs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                   (GDestroyNotify)tn_tensor_unref),
                  .weights = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                    (GDestroyNotify)tn_tensor_unref) };

  g_assert_nonnull (layer);
  tn_draft_set_dense_inputs (draft, TN_DENSE_ANY);
  TnNodeId id = tn_draft_add (draft, &layer->schema, "layer", FALSE, report);
  JsonObjectIter iter;
  const char *key;
  JsonNode *member;
  json_object_iter_init (&iter, json_object_get_object_member (item, "config"));
  while (json_object_iter_next (&iter, &key, &member))
    {
      g_autoptr (TnValue) value = value_of (member);
      int param = tn_schema_param (&layer->schema, key);
      g_assert_cmpint (param, >=, 0);
      if (!tn_draft_set (draft, id, (guint)param, value, TRUE, report))
        g_error ("%s.%s: %s", type, key, tn_report_first (report));
    }

  JsonArray *inputs = json_object_get_array_member (item, "inputs");
  for (guint i = 0; i < json_array_get_length (inputs); i++)
    {
      g_autofree char *name = g_strdup_printf ("input_%u", i);
      TnTensor *tensor = tensor_of (json_array_get_object_element (inputs, i));
      TnShape shape = *tn_tensor_shape (tensor);
      model.samples = shape.dims[0].size;
      shape.dims[0] = tn_dim (TN_DIM_UNKNOWN);
      g_autofree char *text = tn_shape_to_text (&shape);
      TnNodeId from
          = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, name, FALSE, report);
      g_assert_true (tn_draft_set_text (draft, from, "batch_shape", text, report));
      if (!tn_draft_connect (draft, (TnRef){ .node = from }, id, 0, i, report))
        g_error ("%s: %s", type, tn_report_first (report));
      g_hash_table_insert (model.inputs, g_steal_pointer (&name), tensor);
    }
  JsonArray *weights = json_object_has_member (item, "weights")
                           ? json_object_get_array_member (item, "weights")
                           : NULL;
  for (guint i = 0; weights != NULL && i < json_array_get_length (weights); i++)
    {
      JsonObject *weight = json_array_get_object_element (weights, i);
      g_hash_table_insert (
          model.weights,
          g_strconcat ("layer/", json_object_get_string_member (weight, "name"), NULL),
          tensor_of (weight));
    }
  model.graph = tn_draft_finish (draft);
  return model;
}

static void
run (const Model *model, gint64 batch, guint threads, JsonArray *outputs)
{
  g_autoptr (TnFacts) facts = tn_infer (model->graph, NULL, NULL);
  g_autoptr (GError) error = NULL;
  TnRunOptions options = tn_run_options_default ();
  options.samples = 0;
  options.batch = batch;
  options.threads = threads;
  options.inputs = model->inputs;
  options.weights = model->weights;
  options.keep_outputs = TRUE;

  g_autoptr (TnPlan) plan = tn_plan_new (facts, &options, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TnRunResult) result = tn_plan_run (plan, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (result->samples, ==, model->samples);
  g_assert_cmpuint (result->outputs->len, ==, json_array_get_length (outputs));
  for (guint i = 0; i < result->outputs->len; i++)
    {
      const TnRunOutput *got = &g_array_index (result->outputs, TnRunOutput, i);
      g_autoptr (TnTensor) expected = tensor_of (json_array_get_object_element (outputs, i));
      g_assert_true (tn_shape_compatible (&got->shape, tn_tensor_shape (expected)));
      g_assert_cmpuint (tn_tensor_elements (got->tensor), ==, tn_tensor_elements (expected));
      for (gsize j = 0; j < tn_tensor_elements (expected); j++)
        {
          double e = tn_tensor_floats (expected)[j];
          g_assert_cmpfloat_with_epsilon (tn_tensor_floats (got->tensor)[j], e,
                                          TOLERANCE * (1.0 + fabs (e)));
        }
    }
}

static void
test_case (gconstpointer data)
{
  JsonObject *item = (JsonObject *)data;
  Model model = build (item);
  JsonArray *outputs = json_object_get_array_member (item, "outputs");

  run (&model, model.samples, 1, outputs);
  run (&model, 1, 2, outputs);
  tn_graph_unref (model.graph);
  g_hash_table_unref (model.inputs);
  g_hash_table_unref (model.weights);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GBytes) bytes = NULL;
  gconstpointer text;
  gsize size;

  g_test_init (&argc, &argv, NULL);
  bytes = tn_cases_load ("tests/cases/numeric.json.gz");
  text = g_bytes_get_data (bytes, &size);
  json_parser_load_from_data (parser, text, (gssize)size, &error);
  g_assert_no_error (error);
  JsonArray *cases = json_object_get_array_member (
      json_node_get_object (json_parser_get_root (parser)), "cases");
  g_assert_cmpuint (json_array_get_length (cases), >, 100);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      g_autofree char *path
          = g_strdup_printf ("/numeric/%s/%s", json_object_get_string_member (item, "layer"),
                             json_object_get_string_member (item, "id"));
      g_test_add_data_func (path, item, test_case);
    }
  return g_test_run ();
}
